// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/apply"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
)

// planStored plans what this version of the operator does with the stored object.
func (r *planRequest) planStored(ctx context.Context) ([]plannedObject, error) {
	c, err := newObjectClient(r.flags, rest.NoWarnings{})
	if err != nil {
		return nil, err
	}
	stored, err := c.stored(ctx, resource, r.name)
	if err != nil {
		return nil, err
	}
	var old, after *v1alpha1.OllamaDeployment
	if stored != nil {
		old = maintained(stored.OllamaDeployment)
		after = old.DeepCopy()
		after.DefaultUpdate(old)
	} else {
		alias, err := c.stored(ctx, deprecatedResource, r.name)
		if err != nil {
			return nil, err
		}
		if alias == nil {
			return nil, apierrors.NewNotFound(v1alpha1.GroupVersion.WithResource(resource).GroupResource(), r.name)
		}
		after = ownedBy(alias.OllamaDeployment, nil)
	}
	one, err := r.compute(ctx, old, after, nil, newChildReader(r))
	return []plannedObject{one}, err
}

// planApply plans an apply of the files to the cluster.
func (r *planRequest) planApply(ctx context.Context) ([]plannedObject, bool, error) {
	c, err := newObjectClient(r.flags, &warningPrinter{out: r.streams.ErrOut})
	if err != nil {
		return nil, false, err
	}
	checker, err := check.New(r.in.opts)
	if err != nil {
		return nil, false, err
	}
	a := applier{planRequest: r, client: c, checker: checker, children: newChildReader(r), result: report.Report{Version: version()}}
	for file, err := range r.in.read(nil, r.streams) {
		if err != nil {
			return nil, false, err
		}
		if err := a.planFile(ctx, file); err != nil {
			return nil, false, err
		}
	}
	if err := r.in.requireObjects(a.result.Summary()); err != nil {
		return nil, false, err
	}
	return a.objects, len(a.result.Findings) > 0, r.printFindings(a.result)
}

// An applier plans an apply of files to the cluster.
type applier struct {
	*planRequest
	client   *objectClient
	checker  *check.Checker
	children *childReader
	objects  []plannedObject
	// result has the errors of objects that are refused.
	result report.Report
}

// planFile adds the plans of the objects in the file, and the errors of those that are refused. It fails if the cluster
// cannot be asked.
func (a *applier) planFile(ctx context.Context, file manifest.File) error {
	objects, parseErrs := manifest.Parse(file)
	for _, err := range parseErrs {
		a.result.Findings = append(a.result.Findings, check.ParseErrorFinding(err))
	}
	for _, o := range objects {
		if !check.IsOllamaDeployment(o) {
			other := a.checker.Check(o)
			a.result.Findings = append(a.result.Findings, other.Findings...)
			if other.Skipped {
				a.result.Skipped++
			}
			continue
		}
		a.result.Objects = append(a.result.Objects, report.Object{File: o.File, Name: check.DisplayName(o), Position: o.Position()})
		one, err := a.plan(ctx, o)
		var status apierrors.APIStatus
		switch {
		case err == nil:
			a.objects = append(a.objects, one)
		case errors.As(err, &status) && isRefusal(status.Status().Code):
			a.result.Findings = append(a.result.Findings, statusFindings(o, status.Status())...)
		default:
			return err
		}
	}
	return nil
}

// isRefusal reports whether the API server answers so because of the object or of the user's rights, and not because of
// the login, of its load or of a failure.
func isRefusal(code int32) bool {
	switch code {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	default:
		return code < http.StatusInternalServerError
	}
}

// plan returns the plan of one object. It fails with an APIStatus if the API server refuses the apply.
func (a *applier) plan(ctx context.Context, o manifest.Object) (plannedObject, error) {
	c, err := a.client.inNamespaceOf(o)
	if err != nil {
		return plannedObject{}, err
	}
	if o.Name == "" {
		return plannedObject{}, noName()
	}
	stored, err := c.stored(ctx, resourceOf(o), o.Name)
	if err != nil {
		return plannedObject{}, err
	}
	data, err := a.dryRun(ctx, c, o, stored)
	if err != nil {
		return plannedObject{}, err
	}
	answer, err := check.NewStored(data)
	if err != nil {
		return plannedObject{}, err
	}
	if a.serverSide && stored != nil && isAppliedByClient(stored.ManagedFields) {
		a.note("kubectl apply has applied %s without --server-side before, so the fields of that which the manifest lacks are removed as well", check.DisplayName(o))
	}
	if o.Kind == v1alpha1.KindAlias {
		return a.planAlias(ctx, c, o, answer.OllamaDeployment)
	}
	var old *v1alpha1.OllamaDeployment
	if stored != nil {
		old = stored.OllamaDeployment
		if isAliased(old) {
			a.note("%s is maintained for an object of the deprecated kind, so the operator reverts changes of it", check.DisplayName(o))
		}
	}
	return a.compute(ctx, old, answer.OllamaDeployment, &o, a.children)
}

// isAppliedByClient reports whether an apply without --server-side owns fields. kubectl makes the manager of an apply with
// it the owner of all of them, and applies once more, which removes those that the manifest lacks.
//
// Source: k8s.io/kubectl, pkg/cmd/apply/apply.go (migrateToSSAIfNecessary).
func isAppliedByClient(managers []metav1.ManagedFieldsEntry) bool {
	return slices.ContainsFunc(managers, func(m metav1.ManagedFieldsEntry) bool {
		return m.Manager == clientSideManager && m.Operation == metav1.ManagedFieldsOperationUpdate && m.Subresource == ""
	})
}

// noName returns the error for an object without a name.
func noName() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{{
		Type: metav1.CauseTypeFieldValueRequired, Field: "metadata.name", Message: "Required value: kubectl apply does not generate names",
	}}}}}
}

// dryRun returns what the API server would store.
func (a *applier) dryRun(ctx context.Context, c *objectClient, o manifest.Object, stored *check.Stored) ([]byte, error) {
	data, err := apply.InNamespace(o.JSON, c.namespace)
	if err != nil {
		return nil, err
	}
	var request *rest.Request
	switch {
	case a.serverSide:
		request = c.rest.Patch(types.ApplyPatchType).Name(o.Name).Param("force", strconv.FormatBool(a.force))
	case stored == nil:
		data, err = apply.Annotated(data)
		request = c.rest.Post().SetHeader("Content-Type", "application/json")
	default:
		data, err = apply.Patch(data, stored.JSON)
		request = c.rest.Patch(types.MergePatchType).Name(o.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", check.DisplayName(o), err)
	}
	if string(data) == "{}" {
		return stored.JSON, nil
	}
	return raw(request.Namespace(c.namespace).Resource(resourceOf(o)).Body(data).
		Param("dryRun", metav1.DryRunAll).Param("fieldManager", a.manager).Param("fieldValidation", metav1.FieldValidationStrict).Do(ctx))
}

// statusFindings returns the errors in an answer of the API server, at their fields in the file.
func statusFindings(o manifest.Object, status metav1.Status) []check.Finding {
	var out []check.Finding
	if status.Details != nil {
		for _, cause := range status.Details.Causes {
			path, message := strings.TrimPrefix(cause.Field, "."), cause.Message
			if path == "<nil>" {
				path = ""
			}
			if cause.Type == metav1.CauseTypeFieldManagerConflict {
				message += "; use --force-conflicts to take the field over"
			}
			out = append(out, check.NewFinding(o, check.Error, string(cause.Type), path, message))
		}
	}
	if len(out) == 0 {
		out = append(out, check.NewFinding(o, check.Error, string(status.Reason), "", status.Message))
	}
	check.Sort(out)
	return out
}
