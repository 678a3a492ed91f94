// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

func TestDownload(t *testing.T) {
	t.Parallel()
	registries := ollama.Registries{Mirror: "mirror:5000", Insecure: []string{"Mirror:5000", "plain"}}
	for name, want := range map[ollama.ModelName]ollama.Download{
		"llama2:7b":                             {Model: "llama2:7b", From: "mirror:5000/library/llama2:7b", Insecure: true},
		"me/llama2:7b":                          {Model: "me/llama2:7b", From: "mirror:5000/me/llama2:7b", Insecure: true},
		"registry.ollama.ai/library/llama2:7b":  {Model: "registry.ollama.ai/library/llama2:7b", From: "mirror:5000/library/llama2:7b", Insecure: true},
		"llama2:local":                          {Model: "llama2:latest", From: "mirror:5000/library/llama2:latest", Insecure: true},
		"hf.co/me/llama2:7b":                    {Model: "hf.co/me/llama2:7b", From: "hf.co/me/llama2:7b"},
		"plain/me/llama2:7b":                    {Model: "plain/me/llama2:7b", From: "plain/me/llama2:7b", Insecure: true},
		"plain:5000/me/llama2:7b":               {Model: "plain:5000/me/llama2:7b", From: "plain:5000/me/llama2:7b"},
		"REGISTRY.ollama.ai/library/Llama2:7b":  {Model: "REGISTRY.ollama.ai/library/Llama2:7b", From: "mirror:5000/library/Llama2:7b", Insecure: true},
		"registry.ollama.ai:443/library/big:7b": {Model: "registry.ollama.ai:443/library/big:7b", From: "registry.ollama.ai:443/library/big:7b"},
	} {
		assert.Equal(t, want, registries.Download(name), name)
		plain := ollama.Registries{}.Download(name)
		assert.Equal(t, ollama.Download{Model: string(name), From: string(name)}, plain, name)
		assert.False(t, plain.IsMirrored())
	}
}
