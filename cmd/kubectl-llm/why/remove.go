// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Permissive has the options of an operator that allows everything: removing a value needs no
// permission.
var Permissive = validation.Options{AllowHostPath: true, AllowServiceAccounts: true, AllowPrivilegedPods: true}

// remove returns what the field would be if the managers removed it: by server-side apply, if one of
// them applies, and otherwise by an update.
func (e *Explainer) remove(at location, managers []Manager) (*Removal, error) {
	d, decodeErrs, err := validation.Decode(e.raw(at))
	if err != nil {
		return nil, err
	}
	if err := e.unwrite(d, at); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(managers, func(m Manager) bool { return m.Operation == metav1.ManagedFieldsOperationApply }) {
		d.DefaultServerSideApply(e.stored)
	} else {
		d.DefaultUpdate(e.stored)
	}
	if _, errs := validation.ValidateUpdate(d, e.stored, decodeErrs, Permissive); len(errs) > 0 {
		out := &Removal{Result: ResultRefused}
		for _, err := range errs {
			out.Errors = append(out.Errors, err.Error())
		}
		return out, nil
	}
	after, err := toJSON(d)
	if err != nil {
		return nil, err
	}
	out := &Removal{Result: ResultUnset, Changes: e.changes(at, after)}
	_, isEntry := at.steps[len(at.steps)-1].(int)
	if value, found := lookUp(after, at.steps); found && !isEntry {
		out.Result, out.Value = ResultValue, value
	}
	return out, nil
}

// changes returns what the object after the removal has in other fields. Only fields with a default, and
// deprecated ones with their replacements, can change.
func (e *Explainer) changes(removed location, after map[string]any) []Change {
	paths := slices.Collect(maps.Keys(e.defaults))
	for _, field := range e.stored.Spec.DeprecatedFields() {
		paths = append(paths, field.Path, field.Replacement)
	}
	slices.Sort(paths)
	var out []Change
	for _, path := range slices.Compact(paths) {
		at, err := e.find(path)
		if err != nil || at.path == removed.path {
			continue
		}
		is, _ := lookUp(after, at.steps)
		if was, _ := lookUp(e.updated, at.steps); !equality.Semantic.DeepEqual(was, is) {
			out = append(out, Change{Path: at.path, Value: is})
		}
	}
	return out
}

// raw returns the JSON of the object without the field, as the API server reads it: with the defaults of
// the schema.
func (e *Explainer) raw(at location) []byte {
	object := runtime.DeepCopyJSON(e.object)
	validation.Edit{Op: validation.Remove, Path: at.path}.Apply(object)
	defaulting.Default(object, e.schema)
	data, _ := json.Marshal(object) // it was decoded from JSON
	return data
}

// unwrite removes the field from the manifest of kubectl apply, as the apply of a manifest without it does.
// What else is recorded does not matter for a field that is unset.
func (e *Explainer) unwrite(d *v1alpha1.OllamaDeployment, at location) error {
	d.ManagedFields, d.Annotations = e.stored.ManagedFields, maps.Clone(e.stored.Annotations)
	if _, found := lookUp(e.written, at.steps); !found || at.names() == "" {
		return nil // only fields of structs are read from the manifest
	}
	written := runtime.DeepCopyJSON(e.written)
	validation.Edit{Op: validation.Remove, Path: at.path}.Apply(written)
	data, err := json.Marshal(written)
	if err != nil {
		return fmt.Errorf("encoding the manifest: %w", err)
	}
	d.Annotations[corev1.LastAppliedConfigAnnotation] = string(data)
	return nil
}
