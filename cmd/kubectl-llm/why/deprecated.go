// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import "github.com/geeper-io/llm-operator/api/v1alpha1"

// sameValue is the rule for deprecated fields.
const sameValue = "a deprecated field and its replacement have the same value"

// pairs returns the replacement of each deprecated field that is set, and the deprecated field of each
// replacement, by their paths.
func pairs(d *v1alpha1.OllamaDeployment) map[string]string {
	out := map[string]string{}
	for _, field := range d.Spec.DeprecatedFields() {
		if field.Value != nil && field.Value == field.Replaced {
			out[field.Replacement], out[field.Path] = field.Path, field.Replacement
		}
	}
	return out
}

// attributeToPair attributes a deprecated field that follows its replacement, or the replacement that
// follows the deprecated field, to the other one, and reports whether it did.
//
// Admission changes the one that a client did not change, without a record, even if others own it. So
// the later of two claims decides.
func (e *Explainer) attributeToPair(f *Field, at location, own claim) bool {
	path, found := e.deprecated[at.names()]
	if !found {
		return false
	}
	other, err := e.find(path)
	if err != nil {
		return false
	}
	theirs := e.claim(other)
	switch {
	case !theirs.sent:
		return false
	case !own.sent:
		f.Source = SourceDeprecated
	case own.applied || own.sameManagers(theirs) || theirs.latest().Before(own.latest()):
		return false
	default:
		f.Source, f.Uncertain = SourceUser, true
	}
	f.From, f.Rule = []string{path}, sameValue
	return true
}
