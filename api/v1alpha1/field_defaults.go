// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
)

// A FieldDefault describes the default of a field of an object, for tools that explain values.
//
// +kubebuilder:object:generate=false
type FieldDefault struct {
	// Path leads to the field, by JSON names: "spec.ollama.resources.requests.cpu".
	Path string
	// Value is the default in this object, nil if the field stays unset.
	Value any
	// Applies reports whether the field has the default. Quantities may be written otherwise.
	Applies bool
	// InSchema reports whether the API server sets the default as well. It then does so before it
	// records field managers: whoever creates the object owns the field, whether or not they set it.
	InSchema bool
	// From leads to the fields that a derived default depends on, as errors spell paths; empty if the
	// default is static. Rule says how, as a part of a sentence.
	From []string
	Rule string
}

// FieldDefaults returns the defaults of all components that the spec has, set or not: first the static
// ones, then the derived ones.
func (d *OllamaDeployment) FieldDefaults() []FieldDefault {
	static := d.Spec.staticDefaults()
	out := make([]FieldDefault, 0, len(static)+len(derivations))
	for _, row := range static {
		out = append(out, FieldDefault{
			Path: strings.Join(row.path, "."), Value: row.value, Applies: equality.Semantic.DeepEqual(row.field.get(), row.value), InSchema: row.inSchema,
		})
	}
	for _, row := range derivations {
		field := row.field(&d.Spec)
		if field.get == nil {
			continue
		}
		value := row.value(d)
		out = append(out, FieldDefault{
			Path: strings.Join(row.path, "."), Value: value,
			Applies: value != nil && equality.Semantic.DeepEqual(field.get(), value),
			From:    row.from, Rule: row.rule,
		})
	}
	return out
}
