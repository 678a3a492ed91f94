// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Both webhooks are called for creates and for updates that change the spec, of both kinds, which
// have the same fields. The match conditions exclude objects that are being deleted, and updates that
// do not change a fully defaulted spec (labels, annotations, finalizers), so that these work while
// the operator is down. hack/matchconditions replaces LACKS_DEFAULTS by an expression for the
// defaults that are not in the schema.
//
// +kubebuilder:webhook:path=/mutate-llm-geeper-io-v1alpha1-ollamadeployment,mutating=true,failurePolicy=fail,matchPolicy=Equivalent,sideEffects=None,reinvocationPolicy=IfNeeded,timeoutSeconds=5,groups=llm.geeper.io,resources=ollamadeployments;deployments,verbs=create;update,versions=v1alpha1,name=mollamadeployment.llm.geeper.io,admissionReviewVersions=v1,patch=`{"matchConditions":[{"name":"not-being-deleted","expression":"oldObject == null || !has(oldObject.metadata.deletionTimestamp)"},{"name":"spec-changed-or-not-defaulted","expression":"oldObject == null || !has(object.spec) || object.spec != oldObject.spec || LACKS_DEFAULTS"}]}`
// +kubebuilder:webhook:path=/validate-llm-geeper-io-v1alpha1-ollamadeployment,mutating=false,failurePolicy=fail,matchPolicy=Equivalent,sideEffects=None,timeoutSeconds=5,groups=llm.geeper.io,resources=ollamadeployments;deployments,verbs=create;update,versions=v1alpha1,name=vollamadeployment.llm.geeper.io,admissionReviewVersions=v1,patch=`{"matchConditions":[{"name":"not-being-deleted","expression":"oldObject == null || !has(oldObject.metadata.deletionTimestamp)"},{"name":"spec-changed","expression":"oldObject == null || !has(object.spec) || object.spec != oldObject.spec"}]}`

// defaulter implements the mutating webhook, which adds the defaults.
//
// Unlike controller-runtime's handler, its patch contains only the changes of the defaults, and does
// not normalize quantities ("1000m" to "1"): tools that compare manifests with stored objects would
// find differences.
type defaulter struct{ opts validation.Options }

// validator implements the validating webhook, which evaluates the rules.
type validator struct{ opts validation.Options }

var (
	_ admission.Handler = defaulter{}
	_ admission.Handler = validator{}
)

// Handle returns the defaults as a patch. If the schema is going to reject the object, for example
// because of a value of the wrong type, it returns the errors of all rules: the API server would
// report those of the schema only, without calling the validating webhook. Input that is not a JSON
// object is left to the schema.
func (w defaulter) Handle(ctx context.Context, req admission.Request) admission.Response {
	decoded := prometheus.NewTimer(decodeDuration)
	d, decodeErrs, err := validation.Decode(req.Object.Raw)
	if err != nil {
		return admission.Allowed("")
	}
	old, err := stored(req)
	decoded.ObserveDuration()
	if err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	if validation.IsBeingDeleted(old) {
		return admission.Allowed("")
	}
	before := d.Spec.DeepCopy()
	setDefaults(req, d, old)
	if err := ctx.Err(); err != nil {
		return contextDone(err)
	}
	if errs := w.refused(d, old, before, decodeErrs); len(errs) > 0 {
		return rejected(d, errs)
	}
	if err := ctx.Err(); err != nil {
		return contextDone(err)
	}
	return admission.Patched("", patchOf(before, &d.Spec)...)
}

// setDefaults sets the defaults of a create, if old is nil, or of an update of the stored object old.
func setDefaults(req admission.Request, d, old *v1alpha1.OllamaDeployment) {
	defer prometheus.NewTimer(defaultDuration).ObserveDuration()
	switch {
	case old == nil:
		d.Default()
	case isServerSideApply(req.Options.Raw, d, old, time.Now()):
		d.DefaultServerSideApply(old)
	default:
		d.DefaultUpdate(old)
	}
}

// refused returns the errors of a defaulted object that the schema is going to reject, none if it is not. Those about
// lists that are too long, of the spec without defaults, hide all others.
func (w defaulter) refused(d, old *v1alpha1.OllamaDeployment, undefaulted *v1alpha1.OllamaDeploymentSpec, decodeErrs field.ErrorList) field.ErrorList {
	schemaErrs := validation.SchemaErrors(d, old)
	if len(decodeErrs)+len(schemaErrs) == 0 {
		return nil
	}
	if slices.ContainsFunc(schemaErrs, func(err *field.Error) bool { return err.Type == field.ErrorTypeTooMany }) {
		given := *d
		given.Spec = *undefaulted
		if errs := validation.ListErrors(&given, old); len(errs) > 0 {
			return errs
		}
	}
	_, errs := validate(d, old, decodeErrs, w.opts)
	return errs
}

// Handle rejects objects that violate a rule. An update is allowed to violate rules that the stored
// object already violates.
func (w validator) Handle(ctx context.Context, req admission.Request) admission.Response {
	decoded := prometheus.NewTimer(decodeDuration)
	d, decodeErrs, err := validation.Decode(req.Object.Raw)
	if err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	old, err := stored(req)
	decoded.ObserveDuration()
	if err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	if err := ctx.Err(); err != nil {
		return contextDone(err)
	}
	warnings, errs := validate(d, old, decodeErrs, w.opts)
	response := admission.Allowed("")
	if len(errs) > 0 {
		response = rejected(d, errs)
	}
	for _, warning := range warnings {
		response.Warnings = append(response.Warnings, warning.String())
	}
	if len(errs) > 0 {
		return response
	}
	if text := consequence(ctx, req, d, old); text != "" {
		response.Warnings = append(response.Warnings, text)
	}
	return response
}

// validate validates a create, if old is nil, or an update of the stored object old.
func validate(d, old *v1alpha1.OllamaDeployment, decodeErrs field.ErrorList, opts validation.Options) ([]validation.Warning, field.ErrorList) {
	defer prometheus.NewTimer(validateDuration).ObserveDuration()
	if old == nil {
		return validation.ValidateCreate(d, decodeErrs, opts)
	}
	return validation.ValidateUpdate(d, old, decodeErrs, opts)
}

// stored returns the object that an update changes, nil on a create. Values of the wrong type, which
// can be stored only while the webhooks are not called, are treated as unset, so that an update can
// correct them.
func stored(req admission.Request) (*v1alpha1.OllamaDeployment, error) {
	if req.Operation != admissionv1.Update {
		return nil, nil
	}
	old, _, err := validation.Decode(req.OldObject.Raw)
	return old, err
}

// rejected returns the response with status 422 and all errors.
func rejected(d *v1alpha1.OllamaDeployment, errs field.ErrorList) admission.Response {
	status := apierrors.NewInvalid(d.GroupVersionKind().GroupKind(), d.Name, validation.Shorten(errs)).Status()
	return admission.Response{AdmissionResponse: admissionv1.AdmissionResponse{Result: &status}}
}
