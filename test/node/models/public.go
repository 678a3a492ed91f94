// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import "slices"

// publicModels are the models that a person finds in the registry: those of the samples and of the docs.
var publicModels = []string{
	"all-minilm:22m", "codellama:13b", "codellama:7b", "gemma3:4b", "llama2:13b", "llama2:7b",
	"llama2:latest", "llama3.1:8b", "llama3.2:1b", "llama3.2:3b", "llama3.2:latest", "llama3.3:70b", "llama3:8b", "mistral:7b", "mistral:latest",
	"nomic-embed-text:latest", "qwen2.5-coder:1.5b", "qwen2.5-coder:7b", "starcoder2:15b",
}

// publicModelSize is the size of each of them in bytes.
const publicModelSize = 3_000_000

// AddPublic adds models for a person, and returns their names.
func (r *Registry) AddPublic() ([]string, error) {
	for _, name := range publicModels {
		if err := r.Add(name, publicModelSize); err != nil {
			return nil, err
		}
	}
	return slices.Clone(publicModels), nil
}
