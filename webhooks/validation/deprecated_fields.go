// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateDeprecatedFields refuses a deprecated field that says something else than its
// replacement. On an update, where old is the stored object, the defaults have made both
// agree, unless both were changed or one manifest says both. What is stored apart stays.
func validateDeprecatedFields(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	before := deprecatedFieldsOf(old)
	var errs field.ErrorList
	for _, deprecated := range d.Spec.DeprecatedFields() {
		was := before[deprecated.Path]
		if deprecated.Value != nil && deprecated.Value != deprecated.Replaced && (deprecated.Value != was.Value || deprecated.Replaced != was.Replaced) {
			errs = append(errs, field.Invalid(field.NewPath(deprecated.Path), deprecated.Value, fmt.Sprintf(
				"is deprecated in favor of %s, which is %s; remove one of them", deprecated.Replacement, shown(deprecated.Replaced))))
		}
	}
	return errs
}

// deprecatedFieldsOf returns the deprecated fields of a stored object by path.
func deprecatedFieldsOf(old *v1alpha1.OllamaDeployment) map[string]v1alpha1.DeprecatedField {
	out := map[string]v1alpha1.DeprecatedField{}
	if old != nil {
		for _, deprecated := range old.Spec.DeprecatedFields() {
			out[deprecated.Path] = deprecated
		}
	}
	return out
}

// A deprecation is the path of a deprecated field or kind, and what to write
// today.
type deprecation struct{ path, replacement string }

// deprecations returns those of an object that are in effect.
func deprecations(d *v1alpha1.OllamaDeployment) []deprecation {
	var out []deprecation
	if d.Kind == v1alpha1.KindAlias {
		out = append(out, deprecation{"kind", v1alpha1.Kind})
	}
	for _, deprecated := range d.Spec.DeprecatedFields() {
		if deprecated.Value != nil && deprecated.Value == deprecated.Replaced {
			out = append(out, deprecation{deprecated.Path, deprecated.Replacement})
		}
	}
	return out
}

// deprecationWarning returns one warning at the first deprecation, which names the others.
func deprecationWarning(all []deprecation) []Warning {
	if len(all) == 0 {
		return nil
	}
	out := warn(all[0].path, warnDeprecated, all[0].replacement)
	var others []string
	for _, other := range all[1:] {
		others = append(others, strings.TrimPrefix(other.path, "spec."))
	}
	if len(others) > 0 {
		out[0].Message += fmt.Sprintf(warnAlsoDeprecated, strings.Join(others, ", "))
	}
	return out
}

// notInEffect returns warnings about deprecated fields whose replacements have other values.
func notInEffect(d *v1alpha1.OllamaDeployment) []Warning {
	var out []Warning
	for _, deprecated := range d.Spec.DeprecatedFields() {
		if deprecated.Value != nil && deprecated.Value != deprecated.Replaced {
			out = append(out, warn(deprecated.Path, warnNotInEffect, deprecated.Replacement, shown(deprecated.Replaced))...)
		}
	}
	return out
}

// removalWarnings name what changed because the deprecated field that had set it was
// removed.
func removalWarnings(d, old *v1alpha1.OllamaDeployment) []Warning {
	before := deprecatedFieldsOf(old)
	var out []Warning
	for _, deprecated := range d.Spec.DeprecatedFields() {
		was := before[deprecated.Path]
		if deprecated.Value == nil && was.Value != nil && was.Value == was.Replaced && deprecated.Replaced != was.Replaced {
			out = append(out, Warning{deprecated.Path, fmt.Sprintf(warnRemoved, deprecated.Replacement, shown(was.Replaced), shown(deprecated.Replaced))})
		}
	}
	return out
}

// shown formats a value for a message: strings are quoted, without control characters.
func shown(value any) string {
	if value == nil {
		return "unset"
	}
	return fmt.Sprintf("%#v", value)
}
