// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func ollamaWarnings(d *v1alpha1.OllamaDeployment, c v1alpha1.Component) []Warning {
	ollama := &d.Spec.Ollama
	var out []Warning
	if service := ollama.Service; service != nil && service.Type != nil && *service.Type != corev1.ServiceTypeClusterIP {
		out = warn("spec.ollama.service.type", warnOpenOllama, *service.Type)
	}
	out = append(out, imageWarnings(c)...)
	out = append(out, memoryLimit(ollama)...)
	out = append(out, settingsWarnings(ollama.Settings)...)
	out = append(out, sourceWarnings(d)...)
	out = append(out, storageWarnings(c)...)
	out = append(out, podWarnings(c)...)
	for i, model := range ollama.Models {
		at := fmt.Sprintf("spec.ollama.models[%d]", i)
		if model.Name().IsCloud() {
			out = append(out, warn(at, warnCloudModel, string(model))...)
		}
		if stripped, local := model.Name().WithoutLocal(); local {
			out = append(out, warn(at, warnLocalModel, string(stripped))...)
		}
	}
	return out
}

func memoryLimit(ollama *v1alpha1.OllamaSpec) []Warning {
	const path = "spec.ollama.resources.limits"
	if ollama.Resources == nil {
		return nil
	}
	limit, set := ollama.Resources.Limits[corev1.ResourceMemory]
	if !set {
		return warn(path, warnNoMemoryLimit)
	}
	// A model on a GPU uses the memory of the device, which is not a resource in Kubernetes.
	if ollama.Resources.HasDevice() {
		return nil
	}
	largest, settings := v1alpha1.OllamaModel(""), ollama.MemorySettings()
	need, counted := limit, 0
	for _, model := range ollama.Models {
		memory, known := model.Name().MemoryNeeded(settings)
		if !known {
			continue
		}
		counted++
		if memory.Cmp(need) > 0 {
			largest, need = model, memory
		}
	}
	if largest != "" {
		return warn(path+".memory", warnMemoryLimit, limit.String(), need.String(), string(largest))
	}
	if all, _ := ollama.MemoryNeeded(); all.Cmp(limit) > 0 {
		return warn(path+".memory", warnMemoryOfModels, limit.String(), all.String(), min(counted, int(settings.MaxLoadedModels)))
	}
	return nil
}
