// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// stackPortName names the port 11434 of Ollama's Service if the user sets another port.
const stackPortName = "stack"

// serviceObject returns the part's Service. It refers to the container's port by name, so that
// changing the Service's port does not restart pods. The node port that the user sets is that of the
// user's port. The operator's labels win over the user's.
func (p part) serviceObject() Object {
	service := ptr.Deref(p.Service(), v1alpha1.ServiceSpec{})
	port := ptr.Deref(service.Port, 0)
	spec := applycorev1.ServiceSpec().
		WithType(ptr.Deref(service.Type, "")).
		WithSelector(p.selector()).
		WithPorts(servicePort(portName, port)).
		WithLoadBalancerSourceRanges(service.LoadBalancerSourceRanges...)
	// What is not set is not applied, so that Kubernetes, or who else sets it, decides.
	spec.Ports[0].NodePort = service.NodePort
	spec.LoadBalancerClass = service.LoadBalancerClass
	spec.ExternalTrafficPolicy = service.ExternalTrafficPolicy
	if p.Name == v1alpha1.ComponentOllama && port != v1alpha1.DefaultOllamaPort {
		spec.WithPorts(servicePort(stackPortName, v1alpha1.DefaultOllamaPort))
	}
	config := applycorev1.Service(p.name(), p.d.Namespace).
		WithLabels(service.Labels).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(spec)
	if len(service.Annotations) > 0 {
		config.WithAnnotations(service.Annotations)
	}
	return Object{Kind: KindService, Name: p.name(), Config: config}
}

func servicePort(name string, port int32) *applycorev1.ServicePortApplyConfiguration {
	return applycorev1.ServicePort().
		WithName(name).
		WithProtocol(corev1.ProtocolTCP).
		WithPort(port).
		WithTargetPort(intstr.FromString(portName))
}

// ownOllamaAddress returns the URL of the object's own Ollama. It does not depend on the port that
// the user sets, because the Service always has port 11434, too.
func ownOllamaAddress(d *v1alpha1.OllamaDeployment) string {
	return fmt.Sprintf("http://%s:%d", v1alpha1.ChildName(d.Name, v1alpha1.ComponentOllama), v1alpha1.DefaultOllamaPort)
}
