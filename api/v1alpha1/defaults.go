// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Static defaults of the spec. Those of scalars are in the CRD schema as well.
const (
	// DefaultReplicas is the number of pods of each component.
	DefaultReplicas int32 = 1

	// DefaultOllamaImage is Ollama's image.
	DefaultOllamaImage = "ollama/ollama"
	// DefaultOllamaImageTag is the tag of Ollama's image.
	DefaultOllamaImageTag = "latest"
	// DefaultOllamaPort is the port of Ollama's Service.
	DefaultOllamaPort int32 = 11434

	// DefaultOpenWebUIImage is Open WebUI's image.
	DefaultOpenWebUIImage = "ghcr.io/open-webui/open-webui"
	// DefaultOpenWebUIImageTag is the tag of Open WebUI's image.
	DefaultOpenWebUIImageTag = "main"
	// DefaultOpenWebUIPort is the port of Open WebUI's Service.
	DefaultOpenWebUIPort int32 = 8080

	// DefaultTabbyImage is Tabby's image.
	DefaultTabbyImage = "tabbyml/tabby"
	// DefaultTabbyImageTag is the tag of Tabby's image.
	DefaultTabbyImageTag = "latest"
	// DefaultTabbyPort is the port of Tabby's Service.
	DefaultTabbyPort int32 = 8080

	// DefaultServiceType is the type of every Service.
	DefaultServiceType = corev1.ServiceTypeClusterIP

	// DefaultEnabled is whether Open WebUI, Tabby and an ingress are made.
	DefaultEnabled = false
)

// Requests of the Ollama container when nothing tells better.
var (
	// DefaultOllamaCPU is the cpu request.
	DefaultOllamaCPU = resource.MustParse("500m")
	// DefaultOllamaMemory is the memory request when no model's name tells a size.
	DefaultOllamaMemory = resource.MustParse("2Gi")
)

// Default copies deprecated fields to the ones that replace them, and fills in every
// documented default that a new object leaves unset. It is total and idempotent, and
// never changes a value that was set.
func (d *OllamaDeployment) Default() {
	d.copyDeprecated()
	d.setStaticDefaults()
	for _, derived := range derivations {
		derived.set(d)
	}
}

// DefaultUpdate applies the defaults to an update of the stored object old. Derived defaults
// that nobody has set are derived again. Of a deprecated field and its replacement, the one
// that was changed is copied to the other.
func (d *OllamaDeployment) DefaultUpdate(old *OllamaDeployment) { d.defaultUpdate(old, false) }

// DefaultServerSideApply applies the defaults to an update by server-side apply, whose
// managed fields are all that its client wants: a replacement that it does not own is removed
// together with its deprecated field.
func (d *OllamaDeployment) DefaultServerSideApply(old *OllamaDeployment) { d.defaultUpdate(old, true) }

func (d *OllamaDeployment) defaultUpdate(old *OllamaDeployment, serverSideApply bool) {
	d.reconcileDeprecated(old, serverSideApply)
	d.setStaticDefaults()
	for _, derived := range derivations {
		derived.update(d, old)
	}
}

// Defaulted reports whether admission would leave the stored object as it is.
func (d *OllamaDeployment) Defaulted() bool {
	c := d.DeepCopy()
	c.DefaultUpdate(d)
	return equality.Semantic.DeepEqual(&c.Spec, &d.Spec)
}

func (d *OllamaDeployment) setStaticDefaults() {
	d.Spec.Ollama.setDefaults()
	if d.Spec.OpenWebUI != nil {
		d.Spec.OpenWebUI.setDefaults()
	}
	if d.Spec.Tabby != nil {
		d.Spec.Tabby.setDefaults()
	}
}

func (s *OllamaSpec) setDefaults() {
	setDefault(&s.Replicas, DefaultReplicas)
	setDefault(&s.Image, DefaultOllamaImage)
	setDefault(&s.ImageTag, DefaultOllamaImageTag)
	setServiceDefaults(&s.Service, DefaultOllamaPort)
}

func (s *OpenWebUISpec) setDefaults() {
	setDefault(&s.Enabled, DefaultEnabled)
	setDefault(&s.Replicas, DefaultReplicas)
	setDefault(&s.Image, DefaultOpenWebUIImage)
	setDefault(&s.ImageTag, DefaultOpenWebUIImageTag)
	setServiceDefaults(&s.Service, DefaultOpenWebUIPort)
	setIngressDefaults(&s.Ingress)
}

func (s *TabbySpec) setDefaults() {
	setDefault(&s.Enabled, DefaultEnabled)
	setDefault(&s.Replicas, DefaultReplicas)
	setDefault(&s.Image, DefaultTabbyImage)
	setDefault(&s.ImageTag, DefaultTabbyImageTag)
	setServiceDefaults(&s.Service, DefaultTabbyPort)
	setIngressDefaults(&s.Ingress)
}

func setServiceDefaults(service **ServiceSpec, port int32) {
	setDefault(service, ServiceSpec{})
	setDefault(&(*service).Type, DefaultServiceType)
	setDefault(&(*service).Port, port)
}

func setIngressDefaults(ingress **IngressSpec) {
	setDefault(ingress, IngressSpec{})
	setDefault(&(*ingress).Enabled, DefaultEnabled)
}

// setDefault sets an unset field to a value of its own, never a shared one.
func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = new(value)
	}
}
