// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// IsEnabled reports whether Tabby is enabled. A nil spec is not.
func (s *TabbySpec) IsEnabled() bool {
	return s != nil && s.Enabled != nil && *s.Enabled
}

// IsEnabled reports whether the ingress is enabled. A nil spec is not.
func (s *IngressSpec) IsEnabled() bool {
	return s != nil && s.Enabled != nil && *s.Enabled
}

// IsEnabled reports whether the network policies are enabled. A nil spec is not.
func (s *NetworkPolicySpec) IsEnabled() bool {
	return s != nil && s.Enabled != nil && *s.Enabled
}

// IsPaused reports whether the operator changes nothing for the object.
func (s *OllamaDeploymentSpec) IsPaused() bool {
	return s.Paused != nil && *s.Paused
}

// TabbyUsesOwnOllama reports whether Tabby connects to the Ollama of this object. The name of
// the Service may be qualified with the namespace, ".svc" and ".svc.cluster.local".
func (d *OllamaDeployment) TabbyUsesOwnOllama() bool {
	if d.Spec.Tabby == nil || d.Spec.Tabby.OllamaServiceName == nil {
		return true
	}
	own := ChildName(d.Name, ComponentOllama)
	name, qualified := strings.CutPrefix(*d.Spec.Tabby.OllamaServiceName, own+".")
	if !qualified {
		return name == own
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".svc"), ".svc.cluster.local")
	return d.Namespace != "" && name == d.Namespace
}

// StorageSize returns the size of the volume for a component's data: the request of "storage",
// or else the limit. It returns nil if neither is set.
func (r *ResourceRequirements) StorageSize() *resource.Quantity {
	if r == nil {
		return nil
	}
	for _, list := range []corev1.ResourceList{r.Requests, r.Limits} {
		if size, found := list[corev1.ResourceStorage]; found {
			return &size
		}
	}
	return nil
}

// HasDevice reports whether the limits contain an extended resource, such as
// nvidia.com/gpu.
func (r *ResourceRequirements) HasDevice() bool {
	return len(r.Devices()) > 0
}

// Devices returns the extended resources in the limits, in order.
func (r *ResourceRequirements) Devices() []corev1.ResourceName {
	if r == nil {
		return nil
	}
	var out []corev1.ResourceName
	for name := range r.Limits {
		if strings.Contains(string(name), "/") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
