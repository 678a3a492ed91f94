// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	networkingv1 "k8s.io/api/networking/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"
)

// ingressObject returns the part's Ingress, if it is enabled.
func (p part) ingressObject() []Object {
	ingress := p.Ingress()
	if !ingress.IsEnabled() {
		return nil
	}
	backend := applynetworkingv1.IngressBackend().
		WithService(applynetworkingv1.IngressServiceBackend().
			WithName(p.name()).
			WithPort(applynetworkingv1.ServiceBackendPort().WithName(portName)))
	path := applynetworkingv1.HTTPIngressPath().
		WithPath("/").
		WithPathType(networkingv1.PathTypePrefix).
		WithBackend(backend)
	spec := applynetworkingv1.IngressSpec().
		WithRules(applynetworkingv1.IngressRule().
			WithHost(ingress.Host).
			WithHTTP(applynetworkingv1.HTTPIngressRuleValue().WithPaths(path)))
	if class := ingress.ClassName; class != nil {
		spec.WithIngressClassName(*class)
	}
	if tls := ingress.TLS; tls != nil {
		entry := applynetworkingv1.IngressTLS().WithHosts(tls.Hosts...)
		if tls.SecretName != "" {
			entry.WithSecretName(tls.SecretName)
		}
		spec.WithTLS(entry)
	}
	config := applynetworkingv1.Ingress(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(spec)
	if len(ingress.Annotations) > 0 {
		config.WithAnnotations(ingress.Annotations)
	}
	return []Object{{Kind: KindIngress, Name: p.name(), Config: config}}
}
