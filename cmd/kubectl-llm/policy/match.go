// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
)

// matches reports whether the resources that a policy or a binding selects include the request.
//
// Source: k8s.io/apiserver, pkg/admission/plugin/policy/matching/matching.go.
func matches(selected *admissionregistrationv1.MatchResources, attributes admission.Attributes, namespace labels.Set) (bool, error) {
	if selected == nil {
		return true, nil
	}
	if is, err := selects(selected.NamespaceSelector, namespace); err != nil || !is {
		return false, err
	}
	isNew, err := selects(selected.ObjectSelector, labelsOf(attributes.GetObject()))
	if err != nil {
		return false, err
	}
	isOld, err := selects(selected.ObjectSelector, labelsOf(attributes.GetOldObject()))
	if err != nil || !isNew && (attributes.GetOldObject() == nil || !isOld) {
		return false, err
	}
	if matchesRules(selected.ExcludeResourceRules, attributes) {
		return false, nil
	}
	return len(selected.ResourceRules) == 0 || matchesRules(selected.ResourceRules, attributes), nil
}

// selects reports whether the selector selects the labels. An absent one selects everything, as the API server's default
// does.
func selects(selector *metav1.LabelSelector, set labels.Set) (bool, error) {
	if selector == nil {
		return true, nil
	}
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && parsed.Matches(set), err
}

func labelsOf(object runtime.Object) labels.Set {
	if labeled, ok := object.(metav1.Object); ok {
		return labeled.GetLabels()
	}
	return nil
}

func matchesRules(named []admissionregistrationv1.NamedRuleWithOperations, attributes admission.Attributes) bool {
	return slices.ContainsFunc(named, func(rule admissionregistrationv1.NamedRuleWithOperations) bool {
		matcher := rules.Matcher{Rule: rule.RuleWithOperations, Attr: attributes}
		return matcher.Matches() && (len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, attributes.GetName()))
	})
}

// parametersOf returns the parameters of a binding. A nil one stands for none.
//
// Source: k8s.io/apiserver, pkg/admission/plugin/policy/generic/policy_dispatcher.go (CollectParams).
func (s *Set) parametersOf(kind *admissionregistrationv1.ParamKind, ref *admissionregistrationv1.ParamRef, namespace string) ([]runtime.Object, error) {
	if kind == nil || ref == nil {
		return []runtime.Object{nil}, nil
	}
	if ref.Namespace != "" {
		namespace = ref.Namespace
	}
	var found []runtime.Object
	for _, p := range s.parameters {
		if p.APIVersion != kind.APIVersion || p.Kind != kind.Kind || p.Namespace != "" && p.Namespace != namespace {
			continue
		}
		is, err := p.Name == ref.Name, error(nil)
		if ref.Name == "" {
			is, err = selects(ref.Selector, p.Labels)
		}
		if err != nil {
			return nil, err
		}
		if is {
			found = append(found, p.object)
		}
	}
	if action := ref.ParameterNotFoundAction; len(found) == 0 && action != nil && *action == admissionregistrationv1.DenyAction {
		return nil, errNoParameters
	}
	return found, nil
}
