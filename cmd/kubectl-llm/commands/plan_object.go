// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"cmp"
	"context"
	"fmt"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/planned"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/registrycheck"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// A plannedObject is a plan with the object that will be stored, nil if it is deleted.
type plannedObject struct {
	planned.Object
	after *v1alpha1.OllamaDeployment
}

// compute plans a change of an OllamaDeployment whose children are read by the reader, which is nil if there is no cluster.
func (r *planRequest) compute(ctx context.Context, old, after *v1alpha1.OllamaDeployment, from *manifest.Object, children *childReader) (plannedObject, error) {
	in := plan.Input{Old: old, New: after, Options: r.options}
	if isBeingDeleted(old, after) {
		return r.computeFields(in, from)
	}
	if children != nil {
		if err := children.read(ctx, &in); err != nil {
			return plannedObject{}, err
		}
	}
	computed, err := plan.Compute(in)
	if err != nil {
		return plannedObject{}, err
	}
	return plannedObject{planned.Object{Plan: computed, Manifest: from}, after}, nil
}

// isBeingDeleted reports whether the object stays only until its finalizers are done.
func isBeingDeleted(old, after *v1alpha1.OllamaDeployment) bool {
	return after.DeletionTimestamp != nil || old != nil && old.DeletionTimestamp != nil
}

// computeFields plans a change of an object that is being deleted, of which the operator applies nothing.
func (r *planRequest) computeFields(in plan.Input, from *manifest.Object) (plannedObject, error) {
	computed, err := plan.Compute(in)
	if err != nil {
		return plannedObject{}, err
	}
	only := plan.Plan{Kind: computed.Kind, Namespace: computed.Namespace, Name: computed.Name, Action: computed.Action, Fields: computed.Fields}
	if in.Old == nil {
		only.Action = plan.Unchanged // a Deployment of our group, for which no OllamaDeployment is created anymore
	}
	r.note("%s %s/%s is being deleted; nothing is applied", only.Kind, only.Namespace, only.Name)
	return plannedObject{planned.Object{Plan: only, Manifest: from}, in.New}, nil
}

// planOffline plans an apply of the files to the objects in the file of --against.
func (r *planRequest) planOffline(ctx context.Context) ([]plannedObject, bool, error) {
	r.in.stored = func(checker *check.Checker) (storedObjects, error) {
		return newStored(ctx, r.against, checker, r.streams.In, r.flags)
	}
	objects, result, err := r.in.check(nil, r.streams)
	if err != nil {
		return nil, false, err
	}
	if err := r.in.requireObjects(result.Summary()); err != nil {
		return nil, false, err
	}
	if err := r.printFindings(result); err != nil {
		return nil, false, err
	}
	var out []plannedObject
	for _, o := range objects {
		if o.Rejected() {
			continue
		}
		var old *v1alpha1.OllamaDeployment
		if o.Stored != nil {
			old = maintained(o.Stored.OllamaDeployment)
		}
		after := maintained(check.WithGeneratedName(o.Defaulted))
		r.locate(old, after)
		one, err := r.compute(ctx, old, after, &o.Object, nil)
		if err != nil {
			return nil, false, err
		}
		out = append(out, one)
	}
	return out, result.Summary().Errors > 0, nil
}

// locate sets the namespace of both objects, which may be written in one file only, or be that of the flag.
func (r *planRequest) locate(old, after *v1alpha1.OllamaDeployment) {
	after.Namespace = cmp.Or(after.Namespace, *r.flags.Namespace)
	if old != nil {
		after.Namespace = cmp.Or(after.Namespace, old.Namespace)
		old.Namespace = after.Namespace
	}
}

// maintained returns a copy of the object as the OllamaDeployment itself or, for an object of the deprecated kind, as
// the one that the operator maintains for it.
func maintained(d *v1alpha1.OllamaDeployment) *v1alpha1.OllamaDeployment {
	d = d.DeepCopy()
	if d.Kind == v1alpha1.KindAlias {
		d.Spec.DropDeprecatedFields()
	}
	d.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	return d
}

// printFindings prints what admission says of the files, if anything.
func (r *planRequest) printFindings(result report.Report) error {
	if len(result.Findings) == 0 {
		return nil
	}
	if err := report.Formats[0].Write(r.streams.ErrOut, result, terminal.ColorEnabled(r.streams.ErrOut)); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// note prints what is not as certain as the plans.
func (r *planRequest) note(format string, args ...any) {
	fmt.Fprintln(r.streams.ErrOut, "note:", terminal.EscapeLine(fmt.Sprintf(format, args...)))
}

// askSizes asks the registries for the sizes of models that are pulled and sets those in the plans. A size that they
// do not tell stays unknown, with a note.
func (r *planRequest) askSizes(ctx context.Context, objects []plannedObject) error {
	client, err := registrycheck.NewClient()
	if err != nil {
		return err
	}
	for _, o := range objects {
		pulled, names := map[string]*plan.Model{}, make([]string, 0, len(o.Models))
		for i := range o.Models {
			if m := &o.Models[i]; m.Effect == plan.Pulled || m.Effect == plan.PulledAnew {
				pulled[m.Name], names = m, append(names, m.Name)
			}
		}
		if len(names) == 0 {
			continue
		}
		sizes := registrycheck.Sizes(ctx, client, o.after, names)
		for _, name := range names {
			switch size, asked := sizes[name]; {
			case size.Unknown != "":
				r.note("the size of %s is not known: %s", name, size.Unknown)
			case asked:
				pulled[name].Bytes = size.Bytes
			}
		}
	}
	return nil
}
