// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// openOllama returns a warning about Ollama that everybody reaches who reaches the nodes or the load
// balancer.
func openOllama(d *v1alpha1.OllamaDeployment) []Warning {
	service := d.Spec.Ollama.Service
	kind := exposedType(service)
	if kind == "" || isRestricted(service) || d.Spec.NetworkPolicy.IsEnabled() {
		return nil
	}
	return warn("spec.ollama.service.type", warnOpenOllama, kind)
}

// isRestricted reports whether a load balancer has source ranges, none of which is the whole network.
func isRestricted(service *v1alpha1.ServiceSpec) bool {
	isAll := func(text string) bool { return strings.HasSuffix(text, "/0") }
	return len(service.LoadBalancerSourceRanges) > 0 && !slices.ContainsFunc(service.LoadBalancerSourceRanges, isAll)
}

// exposedType returns the type of a Service that is reached from outside of the cluster, "" of others.
func exposedType(service *v1alpha1.ServiceSpec) corev1.ServiceType {
	if service == nil || service.Type == nil || !slices.Contains(exposedTypes, *service.Type) {
		return ""
	}
	return *service.Type
}

// networkPolicyWarnings returns a warning for each enabled component that is exposed, but that network
// policies let nobody outside of the object reach.
func networkPolicyWarnings(d *v1alpha1.OllamaDeployment) []Warning {
	policy := d.Spec.NetworkPolicy
	if !policy.IsEnabled() || len(policy.AllowFrom) > 0 {
		return nil
	}
	var out []Warning
	for _, c := range d.Spec.EnabledComponents() {
		exposedBy := string(exposedType(c.Service()))
		if c.Ingress().IsEnabled() {
			exposedBy = "ingress"
		}
		if exposedBy != "" {
			out = append(out, warn("spec.networkPolicy.allowFrom", warnNobodyAllowed, c.Name, exposedBy)...)
		}
	}
	return out
}
