// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"k8s.io/utils/ptr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	applygatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// routeObject returns the part's HTTPRoute, if it has one. Fields with a default in the schema of the
// Gateway API are set: the API server adds them to lists that are applied as a whole, and what is stored
// would never equal what is applied.
//
// Source: gateway-api v1.6, config/crd/standard/gateway.networking.k8s.io_httproutes.yaml.
func (p part) routeObject() []Object {
	route := p.Route()
	if route == nil {
		return nil
	}
	spec := applygatewayv1.HTTPRouteSpec().WithRules(p.routeRule(route))
	for i := range route.ParentRefs {
		spec.WithParentRefs(parentReference(&route.ParentRefs[i]))
	}
	for _, host := range route.Hostnames {
		spec.WithHostnames(gatewayv1.Hostname(host))
	}
	config := applygatewayv1.HTTPRoute(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(spec)
	if len(route.Annotations) > 0 {
		config.WithAnnotations(route.Annotations)
	}
	return []Object{{Kind: KindHTTPRoute, Name: p.name(), Config: config}}
}

// routeRule returns the rule that routes all paths to the Service. A backend of a route needs the number
// of the Service's port.
func (p part) routeRule(route *v1alpha1.RouteSpec) *applygatewayv1.HTTPRouteRuleApplyConfiguration {
	service := ptr.Deref(p.Service(), v1alpha1.ServiceSpec{})
	return applygatewayv1.HTTPRouteRule().
		WithMatches(applygatewayv1.HTTPRouteMatch().
			WithPath(applygatewayv1.HTTPPathMatch().WithType(gatewayv1.PathMatchPathPrefix).WithValue("/"))).
		WithBackendRefs(applygatewayv1.HTTPBackendRef().
			WithGroup("").
			WithKind("Service").
			WithName(gatewayv1.ObjectName(p.name())).
			WithPort(ptr.Deref(service.Port, 0)).
			WithWeight(1)).
		WithTimeouts(routeTimeouts(route.Timeouts))
}

// routeTimeouts returns the timeouts of a route. Without one, gateways have a limit of their own, often
// 15 seconds, which would cut answers off.
//
// Source: gateway-api, GEP-1742: zero disables a timeout.
func routeTimeouts(timeouts *v1alpha1.RouteTimeouts) *applygatewayv1.HTTPRouteTimeoutsApplyConfiguration {
	t := ptr.Deref(timeouts, v1alpha1.RouteTimeouts{})
	config := applygatewayv1.HTTPRouteTimeouts().
		WithRequest(gatewayv1.Duration(ptr.Deref(t.Request, v1alpha1.DefaultRouteTimeout)))
	if t.BackendRequest != nil {
		config.WithBackendRequest(gatewayv1.Duration(*t.BackendRequest))
	}
	return config
}

// parentReference returns the reference to a Gateway or to one of its listeners.
func parentReference(parent *v1alpha1.RouteParent) *applygatewayv1.ParentReferenceApplyConfiguration {
	ref := applygatewayv1.ParentReference().
		WithGroup(gatewayv1.Group(parent.GroupOrDefault())).
		WithKind(gatewayv1.Kind(parent.KindOrDefault())).
		WithName(gatewayv1.ObjectName(parent.Name))
	if parent.Namespace != nil {
		ref.WithNamespace(gatewayv1.Namespace(*parent.Namespace))
	}
	if parent.SectionName != nil {
		ref.WithSectionName(gatewayv1.SectionName(*parent.SectionName))
	}
	if parent.Port != nil {
		ref.WithPort(*parent.Port)
	}
	return ref
}
