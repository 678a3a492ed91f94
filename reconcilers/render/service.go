package render

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// serviceObject is the part's Service. Its port is the user's; the container's is
// found by name, so that changing the one restarts nothing.
func (p part) serviceObject() Object {
	service := p.service
	if service == nil {
		service = &v1alpha1.ServiceSpec{}
	}
	config := applycorev1.Service(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(applycorev1.ServiceSpec().
			WithType(deref(service.Type)).
			WithSelector(p.selector()).
			WithPorts(applycorev1.ServicePort().
				WithName(portName).
				WithProtocol(corev1.ProtocolTCP).
				WithPort(deref(service.Port)).
				WithTargetPort(intstr.FromString(portName))))
	return Object{Kind: KindService, Name: p.name(), Config: config}
}
