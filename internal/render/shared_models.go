// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import "github.com/geeper-io/llm-operator/api/v1alpha1"

// OllamaPort is the port that Ollama's containers listen on.
const OllamaPort = ollamaPort

// SharesModels reports whether the Ollama pods of d share a volume for their models. A single pod whose
// volume allows several does so during a rollout.
func SharesModels(d *v1alpha1.OllamaDeployment) bool {
	for _, c := range d.Spec.EnabledComponents() {
		if c.Name == v1alpha1.ComponentOllama {
			return c.SharesClaim()
		}
	}
	return false
}
