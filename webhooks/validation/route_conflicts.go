// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// validateRoutesDiffer rejects routes of two components with the same hostname, or both without hostnames,
// on the same listener: both serve "/", and the Gateway would prefer the older one. A route and an ingress
// may have the same host, because names may lead to one from inside and to the other from outside.
//
// Source: gateway-api v1.6, apis/v1/httproute_types.go (HTTPRouteRule.Matches, on ties).
func validateRoutesDiffer(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	var before []v1alpha1.Component
	for _, c := range d.Spec.EnabledComponents() {
		if c.Route() == nil {
			continue
		}
		for _, other := range before {
			if shareListener(c.Route(), other.Route(), d.Namespace) {
				errs = append(errs, sameHostnames(c, other, spec.Child(string(c.Name), "route", "hostnames"))...)
			}
		}
		before = append(before, c)
	}
	return errs
}

// sameHostnames returns errors about the hostnames of a component's route that the other's has, too.
func sameHostnames(c, other v1alpha1.Component, path *field.Path) field.ErrorList {
	hosts, others := c.Route().Hostnames, other.Route().Hostnames
	if len(hosts) == 0 && len(others) == 0 {
		return field.ErrorList{field.Required(path, fmt.Sprintf(
			`must be set: %s.route has the same parent and no hostnames either, and both serve "/"`, other.Name))}
	}
	var errs field.ErrorList
	for i, host := range hosts {
		if slices.Contains(others, host) {
			errs = append(errs, field.Invalid(path.Index(i), host, fmt.Sprintf(
				`is already a hostname of %s.route, which has the same parent, and both serve "/"; use different hostnames%s`,
				other.Name, didYouMean(otherHost(c.Name, host)))).WithOrigin(string(other.Name)))
		}
	}
	return errs
}

// shareListener reports whether routes of an object in the namespace may be attached to the same listener.
func shareListener(a, b *v1alpha1.RouteSpec, namespace string) bool {
	for i := range a.ParentRefs {
		for j := range b.ParentRefs {
			p, q := &a.ParentRefs[i], &b.ParentRefs[j]
			if p.GroupOrDefault() == q.GroupOrDefault() && p.KindOrDefault() == q.KindOrDefault() && p.Name == q.Name &&
				ptr.Deref(p.Namespace, namespace) == ptr.Deref(q.Namespace, namespace) &&
				mayEqual(p.SectionName, q.SectionName) && mayEqual(p.Port, q.Port) {
				return true
			}
		}
	}
	return false
}

// mayEqual reports whether two references to listeners may mean the same. One that is unset means all.
func mayEqual[T comparable](a, b *T) bool { return a == nil || b == nil || *a == *b }
