// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// The grammar is that of ollama/ollama, types/model/name.go, with a tag required.
func TestModelGrammar(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 80)
	for name, valid := range map[string]bool{
		"llama2:7b": true, "llama2:7b-chat-q4_K_M": true, "library/llama2:7b": true, "me/My_model.v2:Latest": true,
		"registry.ollama.ai/library/llama2:7b": true, "localhost:5000/me/model:tag": true,
		"hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M": true, "_x:_y": true, long + ":" + long: true,

		"": false, "llama2": false, "llama2:": false, ":7b": false, "a b:c": false, "a:b:c": false, "x; rm -rf /:1": false,
		"-x:1": false, "x:-1": false, "x:.1": false, "a.b/model:1": false, "host:5000/model:1": false, "a/b/c/d:1": false,
		"/x:1": false, "a//x:1": false, "http://host/me/x:1": false, "x:1\n": false, "é:1": false, "x@sha256:" + long[:64]: false,
		long + "a:1": false, "x:" + long + "a": false,
	} {
		assert.Equal(t, valid, ollama.ModelName(name).IsValid(), "%q", name)
	}
}

func TestSameModel(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b ollama.ModelName
		same bool
	}{
		{"llama2:7b", "llama2:7b", true},
		{"llama2:7b", "library/llama2:7b", true},
		{"llama2:7b", "registry.ollama.ai/library/llama2:7b", true},
		{"llama2:7b", "Llama2:7B", true},
		{"me/llama2:7b", "registry.ollama.ai/me/llama2:7b", true},
		{"llama2:7b", "Registry.Ollama.AI/Library/llama2:7b", true},
		{"llama2:7b", "LIBRARY/llama2:7b", true},
		{"llama2:7b", "llama2:13b", false},
		{"llama2:7b", "me/llama2:7b", false},
		{"library/me/llama2:7b", "me/llama2:7b", false},
	} {
		assert.Equal(t, tc.same, tc.a.IsSame(tc.b), "%s, %s", tc.a, tc.b)
	}
}

// Ollama lists a model without the default host and namespace, whatever their case, and with a tag.
func TestListedKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[ollama.ModelName]string{
		"Llama2:7B":                            "llama2:7b",
		"Registry.Ollama.AI/Library/llama2:7b": "llama2:7b",
		"Library/llama2:7b":                    "llama2:7b",
		"hf.co/Library/llama2:7b":              "hf.co/library/llama2:7b",
		"gpt-oss:Local":                        "gpt-oss:latest",
		"llama2":                               "llama2:latest",
		"localhost:5000/me/llama2":             "localhost:5000/me/llama2:latest",
	} {
		assert.Equal(t, want, name.ListedKey(), name)
	}
	_, path := ollama.ModelName("llama2").Manifest()
	assert.Equal(t, "/v2/library/llama2/manifests/latest", path)
}

// The comments are the sizes of the weights in Ollama's library.
func TestMemoryNeeded(t *testing.T) {
	t.Parallel()
	for model, want := range map[ollama.ModelName]string{
		"llama2:7b":                            "6Gi",  // 3.8 GB
		"llama2:13b":                           "10Gi", // 7.4 GB
		"llama2:70b":                           "49Gi", // 39 GB
		"llama2:7b-chat-q8_0":                  "9Gi",  // 7.2 GB
		"llama2:7b-chat-fp16":                  "17Gi", // 13 GB
		"llama3.1:405b":                        "278Gi",
		"qwen2.5-coder:1.5b":                   "2Gi",
		"smollm2:135m":                         "1Gi",
		"gemma3n:e4b":                          "4Gi",
		"mixtral:8x7b":                         "33Gi", // 26 GB
		"mixtral:8x22b-instruct":               "98Gi",
		"llama4:16x17b":                        "76Gi", // 67 GB
		"llama4:17b-scout-16e-instruct-q4_K_M": "76Gi",
		"unknown:2b-8e":                        "12Gi",
		"unknown:4x3b":                         "9Gi",
		"qwen3:30b-a3b":                        "22Gi",
		"hf.co/me/Llama-3.2-3B:Q4_0":           "3Gi",
	} {
		got, known := model.MemoryNeeded(ollama.Settings{})
		assert.True(t, known, model)
		assert.Equal(t, want, got.String(), "%s", model)
	}
	for _, model := range []ollama.ModelName{
		"", ":", "llama3.2:latest", "llama2", "kimi-k2:1t-cloud", "gpt-oss:120b-cloud", "deepseek-v3.1:cloud", "x:0b", "x:b", "x:7bb", "phi:v3",
	} {
		_, known := model.MemoryNeeded(ollama.Settings{})
		assert.False(t, known, "%q", model)
	}
}

func TestFillInTheMiddle(t *testing.T) {
	t.Parallel()
	for model, want := range map[ollama.ModelName]string{
		"codellama:7b":          "<PRE> {prefix} <SUF>{suffix} <MID>",
		"starcoder2:3b":         "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
		"me/Qwen2.5-Coder:7b":   "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
		"deepseek-coder-v2:16b": "<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
		"codestral:22b":         "[SUFFIX]{suffix}[PREFIX]{prefix}",
	} {
		got, known := model.FillInTheMiddle()
		assert.True(t, known, model)
		assert.Equal(t, want, got, "%s", model)
	}
	_, known := ollama.ModelName("llama2:7b").FillInTheMiddle()
	assert.False(t, known)
}
