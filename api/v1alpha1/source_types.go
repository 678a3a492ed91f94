// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// ModelSource configures the registries that models are pulled from.
type ModelSource struct {
	// Registry that has the models of Ollama's default registry, registry.ollama.ai, as
	// "host" or "host:port". A listed "llama2:7b" is pulled as
	// "<mirror>/library/llama2:7b" and gets its listed name. Models whose names have a
	// registry are pulled from that. Changing it restarts nothing. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxLength=260
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$`
	Mirror *string `json:"mirror,omitempty" validate:"omitnil,max=260,registry_host"`

	// Registries that are asked by plain HTTP, each as "host" or "host:port", at most 16.
	// The mirror may be one of them. Changing it restarts nothing. Defaults to none.
	// +optional
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=260
	// +kubebuilder:validation:items:Pattern=`^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$`
	// +listType=set
	InsecureRegistries []string `json:"insecureRegistries,omitempty" validate:"max=16,dive,max=260,registry_host"`
}

// RegistryHostPattern matches hosts of registries, with or without a port. The CRD schema has the same
// pattern.
const RegistryHostPattern = `^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$`

// Registries returns where models are pulled from. A nil source is Ollama's default.
func (s *ModelSource) Registries() ollama.Registries {
	if s == nil {
		return ollama.Registries{}
	}
	return ollama.Registries{Mirror: ptr.Deref(s.Mirror, ""), Insecure: s.InsecureRegistries}
}
