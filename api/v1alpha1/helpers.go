package v1alpha1

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// IsEnabled tells whether Open WebUI is to be made. It is false for nil.
func (s *OpenWebUISpec) IsEnabled() bool {
	return s != nil && s.Enabled != nil && *s.Enabled
}

// IsEnabled tells whether Tabby is to be made. It is false for nil.
func (s *TabbySpec) IsEnabled() bool {
	return s != nil && s.Enabled != nil && *s.Enabled
}

// IsEnabled tells whether the ingress is to be made. It is false for nil.
func (s *IngressSpec) IsEnabled() bool {
	return s != nil && s.Enabled != nil && *s.Enabled
}

// UsesOwnOllama tells whether Tabby talks to the Ollama of the object named
// owner, rather than to one that the object knows nothing about.
func (s *TabbySpec) UsesOwnOllama(owner string) bool {
	return s.OllamaServiceName == nil || *s.OllamaServiceName == ChildName(owner, ComponentOllama)
}

// StorageSize is the size of the volume for a component's data: the "storage" of
// the requests, else of the limits. It is nil when no volume is wanted.
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

// HasDevice tells whether the resources name an extended resource, such as
// nvidia.com/gpu.
func (r *ResourceRequirements) HasDevice() bool {
	if r == nil {
		return false
	}
	for name := range r.Limits {
		if strings.Contains(string(name), "/") {
			return true
		}
	}
	return false
}
