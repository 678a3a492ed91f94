// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateDeprecatedFields rejects deprecated fields whose value differs from their replacement. The
// stored object old is nil on a create. On an update, the defaults have set both to the same value
// unless both were changed or one manifest sets both. Stored differences are tolerated.
func validateDeprecatedFields(d, old *v1alpha1.OllamaDeployment) field.ErrorList {
	before := deprecatedFieldsOf(old)
	var errs field.ErrorList
	for _, deprecated := range d.Spec.DeprecatedFields() {
		was := before[deprecated.Path]
		if deprecated.Value != nil && deprecated.Value != deprecated.Replaced && (deprecated.Value != was.Value || deprecated.Replaced != was.Replaced) {
			errs = append(errs, field.Invalid(field.NewPath(deprecated.Path), deprecated.Value, fmt.Sprintf(
				"is deprecated in favor of %s, which is %s; remove one of them", deprecated.Replacement, format(deprecated.Replaced))))
		}
	}
	return errs
}

// deprecatedFieldsOf returns the deprecated fields of a stored object by path, none if it is nil.
func deprecatedFieldsOf(old *v1alpha1.OllamaDeployment) map[string]v1alpha1.DeprecatedField {
	out := map[string]v1alpha1.DeprecatedField{}
	if old != nil {
		for _, deprecated := range old.Spec.DeprecatedFields() {
			out[deprecated.Path] = deprecated
		}
	}
	return out
}

// A deprecation names a deprecated field, or the deprecated kind, with its replacement.
type deprecation struct{ path, replacement string }

// deprecations returns the deprecated kind and fields of an object, without ignored fields.
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

// deprecationWarning returns one warning about all deprecations, at the path of the first.
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

// ignoredFieldWarnings returns warnings about deprecated fields whose replacements have other values.
func ignoredFieldWarnings(d *v1alpha1.OllamaDeployment) []Warning {
	var out []Warning
	for _, deprecated := range d.Spec.DeprecatedFields() {
		if deprecated.Value != nil && deprecated.Value != deprecated.Replaced {
			out = append(out, warn(deprecated.Path, warnIgnored, deprecated.Replacement, format(deprecated.Replaced))...)
		}
	}
	return out
}

// removalWarnings returns warnings about fields that changed because the deprecated field that had
// set them was removed.
func removalWarnings(d, old *v1alpha1.OllamaDeployment) []Warning {
	before := deprecatedFieldsOf(old)
	var out []Warning
	for _, deprecated := range d.Spec.DeprecatedFields() {
		was := before[deprecated.Path]
		if deprecated.Value == nil && was.Value != nil && was.Value == was.Replaced && deprecated.Replaced != was.Replaced {
			out = append(out, Warning{deprecated.Path, fmt.Sprintf(warnRemoved, deprecated.Replacement, format(was.Replaced), format(deprecated.Replaced))})
		}
	}
	return out
}

// format formats a value for a message. Strings are quoted and escaped.
func format(value any) string {
	if value == nil {
		return "unset"
	}
	return fmt.Sprintf("%#v", value)
}
