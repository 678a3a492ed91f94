// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/utils/ptr"

// DefaultRouteTimeout is the default of route.timeouts.request: none, because an answer of a model is one
// request for as long as it is streamed.
const DefaultRouteTimeout RouteDuration = "0s"

// RouteSpec configures a component's HTTPRoute of the Gateway API, which routes the path "/" with all
// subpaths to the component's Service.
type RouteSpec struct {
	// Gateways that the route is attached to, 1 to 32.
	// +required
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +listType=atomic
	ParentRefs []RouteParent `json:"parentRefs" validate:"min=1,max=32,dive"`

	// Hostnames of the route, for example "chat.example.com" or "*.example.com", at most 16.
	// Defaults to those of the gateways' listeners.
	// +optional
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=253
	// +listType=atomic
	Hostnames []string `json:"hostnames,omitempty" validate:"max=16,dive,max=253,ingress_host"`

	// Annotations of the route, at most 64. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty" validate:"max=64"`

	// Timeouts of the route. Defaults to none, because answers are streamed.
	// +optional
	Timeouts *RouteTimeouts `json:"timeouts,omitempty"`
}

// RouteParent refers to a Gateway, or to one of its listeners.
type RouteParent struct {
	// API group of the parent. Defaults to "gateway.networking.k8s.io".
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Group *string `json:"group,omitempty" validate:"omitnil,max=253"`

	// Kind of the parent. Defaults to "Gateway".
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind *string `json:"kind,omitempty" validate:"omitnil,min=1,max=63"`

	// Namespace of the parent. Defaults to the object's own.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace *string `json:"namespace,omitempty" validate:"omitnil,min=1,max=63"`

	// Name of the parent.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name" validate:"required,max=253"`

	// Name of the listener. Defaults to all that allow the route.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	SectionName *string `json:"sectionName,omitempty" validate:"omitnil,min=1,max=253"`

	// Port of the listener. Defaults to all that allow the route.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port *int32 `json:"port,omitempty" validate:"omitnil,min=1,max=65535"`
}

// GatewayGroup is the API group of the Gateway API.
const GatewayGroup = "gateway.networking.k8s.io"

// KindGateway is the kind of a Gateway.
const KindGateway = "Gateway"

// GroupOrDefault returns the API group of the parent. An empty group is that of Kubernetes' own kinds.
func (p *RouteParent) GroupOrDefault() string { return ptr.Deref(p.Group, GatewayGroup) }

// KindOrDefault returns the kind of the parent.
func (p *RouteParent) KindOrDefault() string { return ptr.Deref(p.Kind, KindGateway) }

// IsGateway reports whether the parent is a Gateway.
func (p *RouteParent) IsGateway() bool {
	return p.GroupOrDefault() == GatewayGroup && p.KindOrDefault() == KindGateway
}

// RouteDuration is a duration of the Gateway API, such as "90s" or "1h30m". "0s" means no limit.
//
// Source: gateway-api, GEP-2257.
//
// +kubebuilder:validation:MaxLength=28
// +kubebuilder:validation:Pattern=`^([0-9]{1,5}(h|m|s|ms)){1,4}$`
type RouteDuration string

// RouteDurationPattern matches durations of the Gateway API. The CRD schema has the same pattern.
const RouteDurationPattern = `^([0-9]{1,5}(h|m|s|ms)){1,4}$`

// RouteTimeouts limits how long requests may take.
type RouteTimeouts struct {
	// Time for the whole request, including a streamed answer. Defaults to "0s", no limit.
	// +optional
	// +kubebuilder:default="0s"
	Request *RouteDuration `json:"request,omitempty" validate:"omitnil,max=28,route_duration"`

	// Time for one attempt to reach the component, at most that of the request. Defaults to
	// the gateway's own.
	// +optional
	BackendRequest *RouteDuration `json:"backendRequest,omitempty" validate:"omitnil,max=28,route_duration"`
}
