// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
)

func ollamaWarnings(d *v1alpha1.OllamaDeployment, c v1alpha1.Component) []Warning {
	ollama := &d.Spec.Ollama
	out := openOllama(d)
	out = append(out, imageWarnings(c)...)
	out = append(out, MemoryWarnings(ollama, nil)...)
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

// MemoryLimitPath is the path of the warnings about a memory limit that is too small.
const MemoryLimitPath = memoryLimits + ".memory"

const memoryLimits = "spec.ollama.resources.limits"

// MemoryWarnings returns the warnings about a memory limit that is missing, or too small for the models. The
// weights, in bytes, may be those of any of the models; the others are estimated from their names.
func MemoryWarnings(spec *v1alpha1.OllamaSpec, weights map[ollama.ModelName]int64) []Warning {
	if spec.Resources == nil {
		return nil
	}
	limit, set := spec.Resources.Limits[corev1.ResourceMemory]
	if !set {
		return warn(memoryLimits, warnNoMemoryLimit)
	}
	// A model on a GPU uses the memory of the device, which is not a resource in Kubernetes.
	if spec.Resources.HasDevice() || spec.Pod.ClaimsDevices() {
		return nil
	}
	settings := spec.MemorySettings()
	settings.Weights = weights
	largest, need := ollama.ModelName(""), limit
	var counted []ollama.ModelName
	for _, model := range spec.Models {
		memory, known := model.Name().MemoryNeeded(settings)
		if !known {
			continue
		}
		counted = append(counted, model.Name())
		if memory.Cmp(need) > 0 {
			largest, need = model.Name(), memory
		}
	}
	if largest != "" {
		return warn(MemoryLimitPath, warnMemoryLimit, limit.String(), need.String(), string(largest))
	}
	if all, known := ollama.MemoryOfLargest(counted, settings); known && all.Cmp(limit) > 0 {
		return warn(MemoryLimitPath, warnMemoryOfModels, limit.String(), all.String(), min(len(counted), int(settings.MaxLoadedModels)))
	}
	return nil
}
