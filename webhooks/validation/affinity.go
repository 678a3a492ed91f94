// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validateAffinity(affinity *corev1.Affinity, path *field.Path) field.ErrorList {
	if affinity == nil {
		return nil
	}
	var errs field.ErrorList
	const required, preferred = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
	if node := affinity.NodeAffinity; node != nil {
		at := path.Child("nodeAffinity")
		if selector := node.RequiredDuringSchedulingIgnoredDuringExecution; selector != nil {
			at := at.Child(required, "nodeSelectorTerms")
			errs = append(errs, bounded(len(selector.NodeSelectorTerms), 1, at)...)
			for i := range selector.NodeSelectorTerms[:min(len(selector.NodeSelectorTerms), maxEntries)] {
				errs = append(errs, validateNodeTerm(&selector.NodeSelectorTerms[i], true, at.Index(i))...)
			}
		}
		at = at.Child(preferred)
		errs = append(errs, bounded(len(node.PreferredDuringSchedulingIgnoredDuringExecution), 0, at)...)
		for i := range node.PreferredDuringSchedulingIgnoredDuringExecution[:min(len(node.PreferredDuringSchedulingIgnoredDuringExecution), maxEntries)] {
			term := &node.PreferredDuringSchedulingIgnoredDuringExecution[i]
			errs = append(errs, between(term.Weight, 1, 100, at.Index(i).Child("weight"))...)
			errs = append(errs, validateNodeTerm(&term.Preference, false, at.Index(i).Child("preference"))...)
		}
	}
	if pods := affinity.PodAffinity; pods != nil {
		at := path.Child("podAffinity")
		errs = append(errs, validatePodTerms(pods.RequiredDuringSchedulingIgnoredDuringExecution, at.Child(required))...)
		errs = append(errs, validateWeightedTerms(pods.PreferredDuringSchedulingIgnoredDuringExecution, at.Child(preferred))...)
	}
	if pods := affinity.PodAntiAffinity; pods != nil {
		at := path.Child("podAntiAffinity")
		errs = append(errs, validatePodTerms(pods.RequiredDuringSchedulingIgnoredDuringExecution, at.Child(required))...)
		errs = append(errs, validateWeightedTerms(pods.PreferredDuringSchedulingIgnoredDuringExecution, at.Child(preferred))...)
	}
	return errs
}

// bounded rejects a list of Kubernetes' own types with fewer entries, or more than maxEntries.
func bounded(n, least int, at *field.Path) field.ErrorList {
	switch {
	case n < least:
		return field.ErrorList{field.Required(at, "must have at least 1 entry")}
	case n > maxEntries:
		return field.ErrorList{field.TooMany(at, n, maxEntries)}
	default:
		return nil
	}
}

func validateNodeTerm(term *corev1.NodeSelectorTerm, required bool, path *field.Path) field.ErrorList {
	errs := slices.Concat(bounded(len(term.MatchExpressions), 0, path.Child("matchExpressions")), bounded(len(term.MatchFields), 0, path.Child("matchFields")))
	if len(errs) > 0 {
		return errs
	}
	for i := range term.MatchExpressions {
		errs = append(errs, validateNodeRequirement(&term.MatchExpressions[i], required, path.Child("matchExpressions").Index(i))...)
	}
	for i, r := range term.MatchFields {
		at := path.Child("matchFields").Index(i)
		if r.Key != metav1.ObjectNameField {
			errs = append(errs, notSupported(at.Child("key"), r.Key, []string{metav1.ObjectNameField}))
		}
		errs = append(errs, oneOf(&r.Operator, at.Child("operator"), "In", "NotIn")...)
		if len(r.Values) != 1 {
			errs = append(errs, field.Required(at.Child("values"), "must have exactly one entry, the name of a node"))
			continue
		}
		errs = append(errs, invalid(at.Child("values").Index(0), r.Values[0], validation.IsDNS1123Subdomain(r.Values[0]))...)
	}
	return errs
}

// validateNodeRequirement validates a requirement for the labels of a node. The values of a required one
// have to be those of labels; a preferred one with others matches no node.
//
// Source: k8s.io/kubernetes, pkg/apis/core/validation/validation.go (ValidateNodeSelectorRequirement).
func validateNodeRequirement(r *corev1.NodeSelectorRequirement, required bool, path *field.Path) field.ErrorList {
	errs := invalid(path.Child("key"), r.Key, validation.IsQualifiedName(r.Key))
	values := path.Child("values")
	switch r.Operator {
	case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
		if outside := bounded(len(r.Values), 1, values); len(outside) > 0 {
			return append(errs, outside...)
		}
		errs = append(errs, validateNodeValues(r.Values, required, values)...)
	case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
		if len(r.Values) > 0 {
			errs = append(errs, field.Forbidden(values, "must not be set if the operator is "+string(r.Operator)))
		}
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		if len(r.Values) != 1 {
			return append(errs, field.Required(values, "must have exactly one entry, an integer"))
		}
		if _, err := strconv.ParseInt(r.Values[0], 10, 64); err != nil {
			return append(errs, field.Invalid(values.Index(0), r.Values[0], "must be an integer"))
		}
		errs = append(errs, validateNodeValues(r.Values, required, values)...)
	default:
		errs = append(errs, notSupported(path.Child("operator"), string(r.Operator), []string{"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}))
	}
	return errs
}

func validateNodeValues(values []string, required bool, path *field.Path) field.ErrorList {
	if !required {
		return nil
	}
	var errs field.ErrorList
	for i, value := range values {
		errs = append(errs, invalid(path.Index(i), value, validation.IsValidLabelValue(value))...)
	}
	return errs
}

func validateWeightedTerms(terms []corev1.WeightedPodAffinityTerm, path *field.Path) field.ErrorList {
	errs := bounded(len(terms), 0, path)
	for i := range terms[:min(len(terms), maxEntries)] {
		errs = append(errs, between(terms[i].Weight, 1, 100, path.Index(i).Child("weight"))...)
		errs = append(errs, validatePodTerm(&terms[i].PodAffinityTerm, path.Index(i).Child("podAffinityTerm"))...)
	}
	return errs
}

func validatePodTerms(terms []corev1.PodAffinityTerm, path *field.Path) field.ErrorList {
	errs := bounded(len(terms), 0, path)
	for i := range terms[:min(len(terms), maxEntries)] {
		errs = append(errs, validatePodTerm(&terms[i], path.Index(i))...)
	}
	return errs
}

func validatePodTerm(term *corev1.PodAffinityTerm, path *field.Path) field.ErrorList {
	errs := validateTopologyKey(term.TopologyKey, path)
	errs = append(errs, validateSelector(term.LabelSelector, path.Child("labelSelector"))...)
	errs = append(errs, validateSelector(term.NamespaceSelector, path.Child("namespaceSelector"))...)
	errs = append(errs, bounded(len(term.Namespaces), 0, path.Child("namespaces"))...)
	for i, name := range term.Namespaces[:min(len(term.Namespaces), maxEntries)] {
		errs = append(errs, invalid(path.Child("namespaces").Index(i), name, validation.IsDNS1123Label(name))...)
	}
	for _, keys := range []struct {
		name string
		keys []string
	}{{"matchLabelKeys", term.MatchLabelKeys}, {"mismatchLabelKeys", term.MismatchLabelKeys}} {
		errs = append(errs, validateTermKeys(keys.keys, term, path.Child(keys.name))...)
	}
	return errs
}

// validateTermKeys validates keys of labels, which require a selector.
func validateTermKeys(keys []string, term *corev1.PodAffinityTerm, path *field.Path) field.ErrorList {
	if len(keys) > 0 && term.LabelSelector == nil {
		return field.ErrorList{field.Forbidden(path, "must not be set without labelSelector")}
	}
	errs := validateLabelKeys(keys, term.LabelSelector, path)
	for i, key := range keys[:min(len(keys), maxEntries)] {
		if slices.Contains(term.MatchLabelKeys, key) && slices.Contains(term.MismatchLabelKeys, key) {
			errs = append(errs, field.Invalid(path.Index(i), key, "is in matchLabelKeys and in mismatchLabelKeys"))
		}
	}
	return errs
}
