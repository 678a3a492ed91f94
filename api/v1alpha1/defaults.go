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
	for _, row := range d.Spec.staticDefaults() {
		if row.field.get() == nil {
			row.field.set(row.value)
		}
	}
}

// A staticDefault is a default that does not depend on other fields.
//
// +kubebuilder:object:generate=false
type staticDefault struct {
	// path leads to the field, by JSON names.
	path  []string
	field slot
	value any
	// inSchema reports whether the CRD schema has the default as well. The API server then
	// sets it in every object that it reads, so that the webhook need not be called for it.
	inSchema bool
}

// staticDefaults returns the static defaults of all components that the spec has.
func (s *OllamaDeploymentSpec) staticDefaults() []staticDefault {
	var out []staticDefault
	for _, c := range s.Components() {
		at := func(path ...string) []string { return append([]string{"spec", string(c.Name)}, path...) }
		if c.fields.enabled != nil {
			out = append(out, staticDefault{at("enabled"), pointer(c.fields.enabled), DefaultEnabled, true})
		}
		out = append(out,
			staticDefault{at("replicas"), pointer(c.fields.replicas), DefaultReplicas, true},
			staticDefault{at("image"), pointer(c.fields.image), c.image, true},
			staticDefault{at("imageTag"), pointer(c.fields.imageTag), c.imageTag, true},
			staticDefault{at("service", "type"), c.serviceType(), DefaultServiceType, false},
			staticDefault{at("service", "port"), c.servicePort(), c.port, false})
		if c.fields.ingress != nil {
			out = append(out, staticDefault{at("ingress", "enabled"), c.ingressEnabled(), DefaultEnabled, false})
		}
	}
	return out
}
