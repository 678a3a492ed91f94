// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func tabbyWarnings(d *v1alpha1.OllamaDeployment, c v1alpha1.Component) []Warning {
	tabby := d.Spec.Tabby
	out := slices.Concat(imageWarnings(c), sqlite(c), storageWarnings(c))
	out = append(out, podWarnings(c)...)
	if tabby.ModelName == nil {
		return out
	}
	const path = "spec.tabby.modelName"
	model := tabby.ModelName.Name()
	if _, known := model.FillInTheMiddle(); model.IsEmbedding() {
		out = append(out, warn(path, warnEmbeddingOnly, string(model))...)
	} else if !known {
		out = append(out, warn(path, warnNoFillIn, string(model))...)
	}
	if d.TabbyUsesOwnOllama() && !slices.ContainsFunc(d.Spec.Ollama.Models, func(m v1alpha1.OllamaModel) bool { return m.Name().IsEmbedding() }) {
		out = append(out, warn("spec.ollama.models", warnNoEmbedding, string(model))...)
	}
	return out
}
