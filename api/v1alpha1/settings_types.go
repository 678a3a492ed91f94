// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// KVCacheType is the type of the elements of Ollama's KV cache.
//
// Source: ollama/ollama, docs/faq.mdx, v0.33.0.
//
// +kubebuilder:validation:Enum=f16;q8_0;q4_0
type KVCacheType string

// The types of the KV cache. All but f16 are quantized.
const (
	KVCacheF16 KVCacheType = "f16"
	KVCacheQ8  KVCacheType = "q8_0"
	KVCacheQ4  KVCacheType = "q4_0"
)

// KeepAlivePattern matches the durations that Ollama accepts and that do not overflow. The CRD
// schema has the same pattern.
//
// Source: ollama/ollama, envconfig/config.go (KeepAlive), v0.33.0.
const KeepAlivePattern = `^-?([0-9]{1,9}|([0-9]{1,5}([.][0-9]{1,3})?(ms|s|m|h)){1,4})$`

// OllamaSettings configures the Ollama server. Fields that are unset are Ollama's defaults, which
// depend on its version. Every change of a setting restarts the pods.
//
// Source: ollama/ollama, envconfig/config.go, v0.33.0.
type OllamaSettings struct {
	// How long a model stays in memory after a request: a duration such as "10m" or "24h",
	// or a number of seconds; "0" unloads it at once, and "-1" keeps it forever. Requests
	// may ask for another time. Defaults to none, which is Ollama's "5m".
	// +optional
	// +kubebuilder:validation:MaxLength=45
	// +kubebuilder:validation:Pattern=`^-?([0-9]{1,9}|([0-9]{1,5}([.][0-9]{1,3})?(ms|s|m|h)){1,4})$`
	KeepAlive *string `json:"keepAlive,omitempty" validate:"omitnil,max=45,keep_alive"`

	// Tokens of the context of a request, unless the request or the model has its own
	// number, 4 to 10485760. Memory grows with it. Defaults to none, which is Ollama's
	// 4096, or more on a device with at least 23GiB of memory.
	// +optional
	// +kubebuilder:validation:Minimum=4
	// +kubebuilder:validation:Maximum=10485760
	ContextLength *int32 `json:"contextLength,omitempty" validate:"omitnil,min=4,max=10485760"`

	// Requests that a model processes at the same time, 1 to 256. Each has a context of its
	// own in memory. Defaults to none, which is Ollama's 1.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=256
	Parallel *int32 `json:"parallel,omitempty" validate:"omitnil,min=1,max=256"`

	// Models that are in memory at the same time, 1 to 100. Defaults to none, which is
	// Ollama's 3, or 3 for each device.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	MaxLoadedModels *int32 `json:"maxLoadedModels,omitempty" validate:"omitnil,min=1,max=100"`

	// Type of the elements of the KV cache, which holds the context: f16, q8_0 (about half
	// of the memory) or q4_0 (about a quarter). Quantized types need flash attention.
	// Defaults to none, which is Ollama's f16.
	// +optional
	KVCacheType *KVCacheType `json:"kvCacheType,omitempty" validate:"omitnil,oneof=f16 q8_0 q4_0"`

	// Turn flash attention on or off, which needs less memory for long contexts. Defaults
	// to none: Ollama decides by model and device.
	// +optional
	FlashAttention *bool `json:"flashAttention,omitempty"`
}

// MemorySettings returns what the memory of Ollama depends on beside the models. With devices the context is
// in their memory. A quantized KV cache counts only with flashAttention, because Ollama may ignore it
// otherwise.
func (s *OllamaSpec) MemorySettings() ollama.Settings {
	out := s.Settings.memory()
	if s.Resources.HasDevice() || s.Pod.ClaimsDevices() {
		out.ContextLength, out.Parallel = 0, 0
	}
	return out
}

// memory returns what the memory of a server depends on that has no device. Nil settings have none.
func (s *OllamaSettings) memory() ollama.Settings {
	if s == nil {
		return ollama.Settings{}
	}
	out := ollama.Settings{
		ContextLength:   ptr.Deref(s.ContextLength, 0),
		Parallel:        ptr.Deref(s.Parallel, 0),
		MaxLoadedModels: ptr.Deref(s.MaxLoadedModels, 0),
	}
	if ptr.Deref(s.FlashAttention, false) {
		out.CacheType = string(ptr.Deref(s.KVCacheType, KVCacheF16))
	}
	return out
}

// MemoryNeeded returns the memory that Ollama needs for its models with its settings, and false
// if no model's name contains a size.
func (s *OllamaSpec) MemoryNeeded() (resource.Quantity, bool) {
	return ollama.MemoryOfLargest(s.modelNames(), s.MemorySettings())
}

func (s *OllamaSpec) modelNames() []ollama.ModelName {
	names := make([]ollama.ModelName, 0, len(s.Models))
	for _, model := range s.Models {
		names = append(names, model.Name())
	}
	return names
}
