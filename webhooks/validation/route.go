// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"regexp"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

var routeDuration = regexp.MustCompile(v1alpha1.RouteDurationPattern)

// explainRouteDuration returns why text is not a duration of the Gateway API, "" if it is.
func explainRouteDuration(text string) string {
	if routeDuration.MatchString(text) {
		return ""
	}
	return `must be up to four numbers with units h, m, s or ms, such as "90s" or "1h30m"; "0s" means no limit`
}

func validateRoutes(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	for _, c := range d.Spec.Components() {
		if route := c.Route(); route != nil {
			errs = append(errs, validateRoute(route, spec.Child(string(c.Name), "route"))...)
		}
	}
	return errs
}

func validateRoute(route *v1alpha1.RouteSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i := range route.ParentRefs {
		errs = append(errs, validateParent(&route.ParentRefs[i], path.Child("parentRefs").Index(i))...)
	}
	errs = append(errs, validateParentsDiffer(route.ParentRefs, path.Child("parentRefs"))...)
	errs = append(errs, validateHostnamesDiffer(route.Hostnames, path.Child("hostnames"))...)
	errs = append(errs, validateAnnotations(route.Annotations, path.Child("annotations"))...)
	return append(errs, validateRouteTimeouts(route.Timeouts, path.Child("timeouts"))...)
}

// parentKind matches the kinds that a route can refer to.
//
// Source: gateway-api v1.6, apis/v1/shared_types.go (Kind).
var parentKind = regexp.MustCompile(`^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$`)

// validateParent validates the names in a reference to a parent. Empty ones have the errors of tags, and
// the empty group is that of Kubernetes' own kinds.
func validateParent(parent *v1alpha1.RouteParent, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	check := func(name, value string, check func(string) []string) {
		if value != "" {
			errs = append(errs, invalid(path.Child(name), value, check(value))...)
		}
	}
	check("group", ptr.Deref(parent.Group, ""), validation.IsDNS1123Subdomain)
	check("kind", ptr.Deref(parent.Kind, ""), isParentKind)
	check("namespace", ptr.Deref(parent.Namespace, ""), validation.IsDNS1123Label)
	check("name", parent.Name, validation.IsDNS1123Subdomain)
	check("sectionName", ptr.Deref(parent.SectionName, ""), validation.IsDNS1123Subdomain)
	return errs
}

func isParentKind(kind string) []string {
	if parentKind.MatchString(kind) {
		return nil
	}
	return []string{`must be a kind such as "Gateway", of letters, digits and '-'` + didYouMean(Nearest(kind, []string{v1alpha1.KindGateway}))}
}

// validateParentsDiffer rejects references to the same parent that are not to different listeners of it, by
// the rules of the Gateway API's standard channel, in which the ports do not count.
//
// Source: gateway-api v1.6, config/crd/standard/gateway.networking.k8s.io_httproutes.yaml (parentRefs).
func validateParentsDiffer(parents []v1alpha1.RouteParent, path *field.Path) field.ErrorList {
	type parent struct{ group, kind, namespace, name string }
	first, sections := map[parent]int{}, map[parent]map[string]bool{}
	var errs field.ErrorList
	for i := range parents {
		p := &parents[i]
		key, section := parent{p.GroupOrDefault(), p.KindOrDefault(), ptr.Deref(p.Namespace, ""), p.Name}, ptr.Deref(p.SectionName, "")
		before, repeated := first[key]
		switch {
		case !repeated:
			first[key], sections[key] = i, map[string]bool{}
		case sections[key][section]:
			errs = append(errs, field.Duplicate(path.Index(i), p.Name+listener(section)))
		case section == "" || sections[key][""]:
			errs = append(errs, field.Invalid(path.Index(i), p.Name+listener(section),
				fmt.Sprintf("is the parent of parentRefs[%d], too; set sectionName of both, to different listeners", before)))
		}
		sections[key][section] = true
	}
	return errs
}

// listener returns the end of the name of a parent, with the listener if there is one.
func listener(section string) string {
	if section == "" {
		return ""
	}
	return "/" + section
}

func validateHostnamesDiffer(hostnames []string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	known := map[string]bool{}
	for i, host := range hostnames {
		if known[host] {
			errs = append(errs, field.Duplicate(path.Index(i), host))
		}
		known[host] = true
	}
	return errs
}

// validateRouteTimeouts rejects a time for an attempt that is longer than that of the whole request.
//
// Source: gateway-api v1.6, apis/v1/httproute_types.go (HTTPRouteTimeouts).
func validateRouteTimeouts(timeouts *v1alpha1.RouteTimeouts, path *field.Path) field.ErrorList {
	if timeouts == nil {
		return nil
	}
	request, limited := routeTimeout(timeouts.Request)
	attempt, set := routeTimeout(timeouts.BackendRequest)
	if !set || !limited || request == 0 || attempt <= request {
		return nil
	}
	return field.ErrorList{field.Invalid(path.Child("backendRequest"), string(*timeouts.BackendRequest),
		fmt.Sprintf("must be at most %s, the time of the whole request", *timeouts.Request)).WithOrigin(string(*timeouts.Request))}
}

// routeTimeout returns the duration, and false if it is unset or not valid, which is the error of a tag.
func routeTimeout(text *v1alpha1.RouteDuration) (time.Duration, bool) {
	if text == nil || !routeDuration.MatchString(string(*text)) {
		return 0, false
	}
	d, err := time.ParseDuration(string(*text))
	return d, err == nil
}
