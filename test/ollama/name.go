// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"strings"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// normalize returns the name as Ollama lists it, and false if it is not a model's name.
func normalize(name string) (string, bool) {
	if !strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
		name += ":latest"
	}
	model, _ := ollama.ModelName(name).WithoutLocal()
	return model.Short(), model.IsValid()
}

// key returns what is equal for all names of a model.
func key(name string) string {
	short, _ := normalize(name)
	return strings.ToLower(short)
}
