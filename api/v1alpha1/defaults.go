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
	// DefaultReplicas applies to each component.
	DefaultReplicas int32 = 1

	// Defaults of Ollama. The port is that of its Service.
	DefaultOllamaImage          = "ollama/ollama"
	DefaultOllamaImageTag       = "latest"
	DefaultOllamaPort     int32 = 11434

	// Defaults of what happens to models that are listed or removed from the list.
	DefaultModelUpdatePolicy  = ModelUpdateNever
	DefaultModelRemovalPolicy = ModelRemovalDelete

	// Defaults of Open WebUI. The port is that of its Service.
	DefaultOpenWebUIImage          = "ghcr.io/open-webui/open-webui"
	DefaultOpenWebUIImageTag       = "main"
	DefaultOpenWebUIPort     int32 = 8080

	// Defaults of Tabby. The port is that of its Service.
	DefaultTabbyImage          = "tabbyml/tabby"
	DefaultTabbyImageTag       = "latest"
	DefaultTabbyPort     int32 = 8080

	// DefaultServiceType applies to the Services of all components.
	DefaultServiceType = corev1.ServiceTypeClusterIP

	// DefaultSecurityProfile runs containers as the users of their images.
	DefaultSecurityProfile = SecurityBaseline
	// DefaultEnabled disables Open WebUI, Tabby, ingresses and network policies.
	DefaultEnabled = false
)

// Requests of the Ollama container if they cannot be derived.
var (
	// DefaultOllamaCPU applies if there is no limit of cpu.
	DefaultOllamaCPU = resource.MustParse("500m")
	// DefaultOllamaMemory applies if no model's name contains a size.
	DefaultOllamaMemory = resource.MustParse("2Gi")
)

// Default applies the defaults to a new object: it copies deprecated fields to their
// replacements and sets all unset fields that have a default. It never changes a value that is
// set, never fails, and is idempotent.
func (d *OllamaDeployment) Default() {
	d.copyDeprecated()
	d.setStaticDefaults()
	for _, derived := range derivations {
		derived.set(d)
	}
}

// DefaultUpdate applies the defaults to an update of the stored object old. Derived defaults
// that nobody has set are derived again. If a deprecated field or its replacement changed, it is
// copied to the other.
func (d *OllamaDeployment) DefaultUpdate(old *OllamaDeployment) { d.defaultUpdate(old, false) }

// DefaultServerSideApply applies the defaults to an update by server-side apply, whose managed
// fields describe everything that the client intends: a replacement that it does not own is
// removed together with its deprecated field.
func (d *OllamaDeployment) DefaultServerSideApply(old *OllamaDeployment) { d.defaultUpdate(old, true) }

func (d *OllamaDeployment) defaultUpdate(old *OllamaDeployment, serverSideApply bool) {
	d.reconcileDeprecated(old, serverSideApply)
	d.setStaticDefaults()
	for _, derived := range derivations {
		derived.update(d, old)
	}
}

// Defaulted reports whether the stored object has all defaults.
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
	// inSchema reports whether the CRD schema has the default, too. The API server then sets
	// it in every object that it reads, so the webhook does not have to be called for it.
	inSchema bool
}

// staticDefaults returns the static defaults of all components that the spec has.
func (s *OllamaDeploymentSpec) staticDefaults() []staticDefault {
	out := []staticDefault{
		{[]string{"spec", "ollama", "modelUpdatePolicy"}, pointer(&s.Ollama.ModelUpdatePolicy), DefaultModelUpdatePolicy, true},
		{[]string{"spec", "ollama", "modelRemovalPolicy"}, pointer(&s.Ollama.ModelRemovalPolicy), DefaultModelRemovalPolicy, true},
	}
	if s.Security != nil {
		out = append(out, staticDefault{[]string{"spec", "security", "profile"}, pointer(&s.Security.Profile), DefaultSecurityProfile, true})
	}
	if s.Trust != nil {
		out = append(out, staticDefault{[]string{"spec", "trust", "configMapRef", "key"}, pointer(&s.Trust.ConfigMapRef.Key), DefaultTrustKey, true})
	}
	if ref := s.Ollama.IdentitySecretRef; ref != nil {
		out = append(out, staticDefault{[]string{"spec", "ollama", "identitySecretRef", "create"}, pointer(&ref.Create), DefaultIdentityCreate, true})
	}
	if policy := s.NetworkPolicy; policy != nil {
		out = append(out, staticDefault{[]string{"spec", "networkPolicy", "enabled"}, pointer(&policy.Enabled), DefaultEnabled, true})
	}
	out = append(out, s.OpenWebUI.staticDefaults()...)
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
		if storage := c.Storage(); storage != nil {
			out = append(out, staticDefault{at("storage", "retain"), pointer(&storage.Retain), DefaultRetain, true})
		}
		if route := c.Route(); route != nil && route.Timeouts != nil {
			out = append(out, staticDefault{at("route", "timeouts", "request"), pointer(&route.Timeouts.Request), DefaultRouteTimeout, true})
		}
		if c.fields.ingress != nil {
			out = append(out, staticDefault{at("ingress", "enabled"), c.ingressEnabled(), DefaultEnabled, false})
		}
	}
	return out
}

// staticDefaults returns the static defaults that only Open WebUI has.
func (s *OpenWebUISpec) staticDefaults() []staticDefault {
	if s == nil {
		return nil
	}
	var out []staticDefault
	if s.Database != nil {
		out = append(out, staticDefault{[]string{"spec", "openwebui", "database", "urlSecretRef", "key"}, pointer(&s.Database.URLSecretRef.Key), DefaultURLKey, true})
	}
	if s.Redis != nil {
		out = append(out, staticDefault{[]string{"spec", "openwebui", "redis", "urlSecretRef", "key"}, pointer(&s.Redis.URLSecretRef.Key), DefaultURLKey, true})
	}
	return out
}
