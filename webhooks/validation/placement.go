// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validateTolerations(tolerations []corev1.Toleration, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range tolerations {
		t, at := &tolerations[i], path.Index(i)
		if t.Key != "" {
			errs = append(errs, invalid(at.Child("key"), t.Key, validation.IsQualifiedName(t.Key))...)
		} else if t.Operator != corev1.TolerationOpExists {
			errs = append(errs, field.Required(at.Child("key"), "must be set unless the operator is Exists, which tolerates all taints then"))
		}
		switch t.Operator {
		case "", corev1.TolerationOpEqual:
			errs = append(errs, invalid(at.Child("value"), t.Value, validation.IsValidLabelValue(t.Value))...)
		case corev1.TolerationOpExists:
			if t.Value != "" {
				errs = append(errs, field.Invalid(at.Child("value"), t.Value, "must not be set if the operator is Exists"))
			}
		default:
			errs = append(errs, notSupported(at.Child("operator"), string(t.Operator), []string{"Equal", "Exists"}))
		}
		errs = append(errs, oneOf(&t.Effect, at.Child("effect"), "", "NoSchedule", "PreferNoSchedule", "NoExecute")...)
		if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
			errs = append(errs, field.Invalid(at.Child("effect"), string(t.Effect), "must be NoExecute if tolerationSeconds is set"))
		}
	}
	return errs
}

func validateSpread(constraints []corev1.TopologySpreadConstraint, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	type key struct {
		topology string
		action   corev1.UnsatisfiableConstraintAction
	}
	seen := map[key]bool{}
	for i := range constraints {
		c, at := &constraints[i], path.Index(i)
		if c.MaxSkew < 1 {
			errs = append(errs, field.Invalid(at.Child("maxSkew"), c.MaxSkew, "must be at least 1"))
		}
		errs = append(errs, validateTopologyKey(c.TopologyKey, at)...)
		errs = append(errs, oneOf(&c.WhenUnsatisfiable, at.Child("whenUnsatisfiable"), "DoNotSchedule", "ScheduleAnyway")...)
		if k := (key{c.TopologyKey, c.WhenUnsatisfiable}); seen[k] {
			errs = append(errs, field.Duplicate(at, c.TopologyKey+" "+string(c.WhenUnsatisfiable)))
		} else {
			seen[k] = true
		}
		if c.MinDomains != nil {
			if *c.MinDomains < 1 {
				errs = append(errs, field.Invalid(at.Child("minDomains"), *c.MinDomains, "must be at least 1"))
			}
			if c.WhenUnsatisfiable != corev1.DoNotSchedule {
				errs = append(errs, field.Invalid(at.Child("minDomains"), *c.MinDomains, "requires whenUnsatisfiable: DoNotSchedule"))
			}
		}
		errs = append(errs, oneOf(c.NodeAffinityPolicy, at.Child("nodeAffinityPolicy"), "Honor", "Ignore")...)
		errs = append(errs, oneOf(c.NodeTaintsPolicy, at.Child("nodeTaintsPolicy"), "Honor", "Ignore")...)
		errs = append(errs, validateSelector(c.LabelSelector, at.Child("labelSelector"))...)
		if c.LabelSelector == nil && len(c.MatchLabelKeys) > 0 {
			errs = append(errs, field.Forbidden(at.Child("matchLabelKeys"), "must not be set without labelSelector"))
			continue
		}
		errs = append(errs, validateLabelKeys(c.MatchLabelKeys, c.LabelSelector, at.Child("matchLabelKeys"))...)
	}
	return errs
}

func validateTopologyKey(key string, at *field.Path) field.ErrorList {
	if key == "" {
		return field.ErrorList{field.Required(at.Child("topologyKey"), "must be set, for example to "+corev1.LabelHostname)}
	}
	return invalid(at.Child("topologyKey"), key, validation.IsQualifiedName(key))
}

// validateSelector validates a selector, if it is set, and bounds its entries.
func validateSelector(selector *metav1.LabelSelector, at *field.Path) field.ErrorList {
	if selector == nil {
		return nil
	}
	errs := slices.Concat(bounded(len(selector.MatchLabels), 0, at.Child("matchLabels")), bounded(len(selector.MatchExpressions), 0, at.Child("matchExpressions")))
	for i, expression := range selector.MatchExpressions[:min(len(selector.MatchExpressions), maxEntries)] {
		errs = append(errs, bounded(len(expression.Values), 0, at.Child("matchExpressions").Index(i).Child("values"))...)
	}
	if len(errs) > 0 {
		return errs
	}
	expressions := &metav1.LabelSelector{MatchExpressions: selector.MatchExpressions}
	return append(validateLabels(selector.MatchLabels, at.Child("matchLabels")),
		metav1validation.ValidateLabelSelector(expressions, metav1validation.LabelSelectorValidationOptions{}, at)...)
}

// validateLabelKeys validates the labels of a pod whose values its own selector adds.
func validateLabelKeys(keys []string, selector *metav1.LabelSelector, path *field.Path) field.ErrorList {
	if n := len(keys); n > maxEntries {
		return field.ErrorList{field.TooMany(path, n, maxEntries)}
	}
	var errs field.ErrorList
	for i, key := range keys {
		errs = append(errs, invalid(path.Index(i), key, validation.IsQualifiedName(key))...)
		if slices.Contains(keys[:i], key) {
			errs = append(errs, field.Duplicate(path.Index(i), key))
		}
		if selector == nil {
			continue
		}
		_, matched := selector.MatchLabels[key]
		if matched || slices.ContainsFunc(selector.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool { return r.Key == key }) {
			errs = append(errs, field.Invalid(path.Index(i), key, "is in labelSelector, too"))
		}
	}
	return errs
}
