// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import networkingv1 "k8s.io/api/networking/v1"

// NetworkPolicySpec restricts which connections pods accept, and which Ollama opens.
type NetworkPolicySpec struct {
	// Enable the network policies, one for each component. Ollama then accepts connections of
	// Open WebUI, Tabby, the operator and allowFrom, and opens connections for DNS, to ports
	// 80 and 443, to the ports of the listed registries, and to allowTo. Open WebUI and Tabby
	// accept connections of allowFrom and from the namespaces of their routes' parents.
	// Defaults to false.
	// +optional
	// +kubebuilder:default=false
	Enabled *bool `json:"enabled,omitempty"`

	// Peers that may connect to all components, at most 32, for example the namespace of the
	// ingress controller. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=32
	// +listType=atomic
	AllowFrom []networkingv1.NetworkPolicyPeer `json:"allowFrom,omitempty" validate:"max=32"`

	// Further connections that Ollama may open, at most 32, for example to a proxy. Defaults
	// to none.
	// +optional
	// +kubebuilder:validation:MaxItems=32
	// +listType=atomic
	AllowTo []networkingv1.NetworkPolicyEgressRule `json:"allowTo,omitempty" validate:"max=32"`
}
