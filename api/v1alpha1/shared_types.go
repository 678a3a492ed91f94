// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// ServiceSpec configures a component's Service.
type ServiceSpec struct {
	// Service type: ClusterIP, NodePort or LoadBalancer. Defaults to ClusterIP.
	// +optional
	// +kubebuilder:validation:Enum=ClusterIP;NodePort;LoadBalancer
	Type *corev1.ServiceType `json:"type,omitempty" validate:"omitnil,oneof=ClusterIP NodePort LoadBalancer"`

	// Service port, 1 to 65535. The ports of the containers are fixed, so changing this
	// does not restart pods. The Service of Ollama always has port 11434, too, which the
	// other components use. Defaults to 11434 for Ollama and to 8080 for Open WebUI and
	// Tabby.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port *int32 `json:"port,omitempty" validate:"omitnil,min=1,max=65535"`

	// Port on each node, for types NodePort and LoadBalancer, within the cluster's range
	// (30000 to 32767 unless it was changed). Defaults to one that Kubernetes chooses.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	NodePort *int32 `json:"nodePort,omitempty" validate:"omitnil,min=1,max=65535"`

	// Annotations of the Service, at most 64, for example those that configure the cloud's
	// load balancer. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty" validate:"max=64"`

	// Labels of the Service beside the operator's own, at most 64. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Labels map[string]string `json:"labels,omitempty" validate:"max=64"`

	// Implementation that provides the load balancer, for type LoadBalancer, for example
	// "example.com/internal". Cannot be changed while the type is LoadBalancer. Defaults to
	// the cluster's own.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	LoadBalancerClass *string `json:"loadBalancerClass,omitempty" validate:"omitnil,min=1,max=317"`

	// Networks that may connect to the load balancer, as "10.0.0.0/8", at most 64, for type
	// LoadBalancer. Defaults to all.
	// +optional
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=64
	// +listType=atomic
	LoadBalancerSourceRanges []string `json:"loadBalancerSourceRanges,omitempty" validate:"max=64,dive,max=64"`

	// Whether nodes pass connections from outside to pods on all nodes (Cluster), or only to
	// their own (Local), which preserves the client's address; for types NodePort and
	// LoadBalancer. Defaults to Kubernetes' own, Cluster.
	// +optional
	// +kubebuilder:validation:Enum=Cluster;Local
	ExternalTrafficPolicy *corev1.ServiceExternalTrafficPolicy `json:"externalTrafficPolicy,omitempty" validate:"omitnil,oneof=Cluster Local"`
}

// IngressSpec configures a component's Ingress, which routes the path "/" with all subpaths to
// the component's Service.
type IngressSpec struct {
	// Enable the ingress. Defaults to false.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// Hostname for the ingress, for example "chat.example.com" or "*.example.com".
	// Required when the ingress is enabled.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Host string `json:"host,omitempty" validate:"omitempty,max=253,ingress_host"`

	// Name of the IngressClass. If it is not set, the cluster's default class is used.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ClassName *string `json:"className,omitempty" validate:"omitnil,min=1,max=253"`

	// Annotations for the ingress, at most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty" validate:"max=64"`

	// TLS configuration for the ingress.
	// +optional
	TLS *networkingv1.IngressTLS `json:"tls,omitempty" validate:"-"`
}

// ResourceRequirements configures a component's resource requests and limits: cpu, memory,
// storage, ephemeral-storage, hugepages-* and extended resources such as nvidia.com/gpu.
// "storage" is the size of a volume for the component's data.
type ResourceRequirements struct {
	// Maximum amount of compute resources allowed.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Limits corev1.ResourceList `json:"limits,omitempty" validate:"max=64"`

	// Minimum amount of compute resources required.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Requests corev1.ResourceList `json:"requests,omitempty" validate:"max=64"`
}
