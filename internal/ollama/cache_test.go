// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The KV cache of ten models is as large as others have published. They printed or measured it, or rounded
// it to the digits that the tolerance stands for; the unit is MiB.
func TestCacheOfPublishedModels(t *testing.T) {
	t.Parallel()
	const gib = 1024
	for name, c := range map[string]struct {
		model     ModelName
		cacheType string
		tokens    float64
		want      float64
		tolerance float64
	}{
		// Logs of llama.cpp. Source: huggingface.co/dranger003/c4ai-command-r-v01-iMat.GGUF, discussion 6.
		"printed for Mixtral 8x7B": {"mixtral:8x7b", "f16", 2048, 256, 0},
		"printed for Llama 3 8B":   {"registry.example.com/me/llama3:8b-instruct-q4_K_M", "f16", 2048, 256, 0},
		"printed for Llama 3 70B":  {"llama3:70b", "", 2048, 640, 0},
		// A log of llama.cpp. Source: github.com/ggml-org/llama.cpp, issue 11200.
		"printed for Qwen2.5 Coder 32B, quantized": {"qwen2.5-coder:32b", "q8_0", 32768, 4352, 0},
		// Memory of Ollama's process between two contexts, without and with flash attention.
		// Source: github.com/baeseokjae/baeseokjae.github.io, local-llm-vram-kv-cache-budget-2026.
		"measured with Qwen2.5 0.5B":            {"qwen2.5:0.5b", "f16", 32768 - 2048, 367920.0 / 1024, 1},
		"measured with Qwen2.5 0.5B, quantized": {"qwen2.5:0.5b", "q8_0", 32768 - 8192, 156660.0 / 1024, 1},
		// Source: github.com/huggingface/blog, llama31.md ("1k tokens"). Its figure for 405B is twice that of
		// the 8 KV heads in its config.json; issue 2345 there asks why.
		"published for Llama 3.1 8B": {"llama3.1:8b", "f16", 1024, 0.125 * gib, 0.0005 * gib},
		// Source: github.com/LMCache/LMCache, FAQ of the documentation ("per 1000 tokens").
		"published for Llama 3.1 70B": {"llama3.1:70b", "f16", 1000, 0.3052 * gib, 0.00005 * gib},
		"published for Qwen3 8B":      {"qwen3:8b", "f16", 1000, 0.1373 * gib, 0.00005 * gib},
		"published for Qwen3 32B":     {"qwen3:32b", "f16", 1000, 0.2441 * gib, 0.00005 * gib},
		// Source: github.com/jy-yuan/KIVI, issue 17.
		"published for Llama 2 7B": {"llama2:7b", "f16", 4096 + 100, 2.05 * gib, 0.005 * gib},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Without parameters, so that no estimate can pass.
			got := c.model.cacheBytes(math.NaN(), c.tokens, c.cacheType) / (1 << 20)
			assert.InDelta(t, c.want, got, c.tolerance)
		})
	}
}

// The estimate for other models is at least half and at most four times the cache of all models with 3
// billion parameters or more whose shape is known. Exempt are those whose heads share no keys (multi-head
// attention, which was abandoned in 2024) and gpt-oss, which has small heads.
func TestEstimatedCache(t *testing.T) {
	t.Parallel()
	count := 0
	for _, family := range shapes {
		for size, known := range family.sizes {
			billions, found := billionsIn(size)
			assert.True(t, found, size)
			isMultiHead := known.heads >= 32 || known.heads == 16 && known.dimension == 256
			if billions < 3 || isMultiHead || family.prefix == "gpt-oss" {
				continue
			}
			count++
			estimate := ModelName("unknown:" + size).cacheElements(billions)
			ratio := estimate / (2 * known.layers * known.heads * known.dimension)
			assert.GreaterOrEqual(t, ratio, 0.5, "%s:%s", family.prefix, size)
			assert.LessOrEqual(t, ratio, 4.0, "%s:%s", family.prefix, size)
		}
	}
	assert.Greater(t, count, 30)
}

func TestMemoryWithSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		models   []ModelName
		settings Settings
		want     string
	}{
		"no settings":                        {[]ModelName{"llama3.1:8b"}, Settings{}, "6Gi"},
		"a context within the reserve":       {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: 4096}, "6Gi"},
		"a longer context":                   {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: 32768}, "10Gi"},
		"requests in parallel":               {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: 32768, Parallel: 4}, "22Gi"},
		"Ollama's context in parallel":       {[]ModelName{"llama3.1:8b"}, Settings{Parallel: 8}, "10Gi"},
		"a quantized cache":                  {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: 32768, Parallel: 4, CacheType: "q8_0"}, "14Gi"},
		"a cache of four bits":               {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: 32768, Parallel: 4, CacheType: "q4_0"}, "10Gi"},
		"a quantized cache, no context":      {[]ModelName{"llama3.1:8b"}, Settings{CacheType: "q8_0"}, "6Gi"},
		"a small model with a large cache":   {[]ModelName{"llama3.1:8b", "llama2:7b"}, Settings{ContextLength: 32768}, "21Gi"},
		"a model of another family":          {[]ModelName{"other:8b"}, Settings{ContextLength: 32768}, "11Gi"},
		"an embedding model":                 {[]ModelName{"nomic-embed-text:137m"}, Settings{ContextLength: 32768}, "1Gi"},
		"two loaded models":                  {[]ModelName{"llama3.1:8b", "all-minilm:22m", "llama2:7b"}, Settings{MaxLoadedModels: 2}, "11Gi"},
		"one loaded model":                   {[]ModelName{"llama3.1:8b", "llama2:7b"}, Settings{MaxLoadedModels: 1}, "6Gi"},
		"more loaded models than are listed": {[]ModelName{"llama3.1:8b", "unknown:latest"}, Settings{MaxLoadedModels: 9}, "6Gi"},
		"settings that are refused":          {[]ModelName{"llama3.1:405b"}, Settings{ContextLength: math.MaxInt32, Parallel: math.MaxInt32}, "8589934591Gi"},
		"negative settings":                  {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: -1, Parallel: -1, MaxLoadedModels: -1}, "6Gi"},
		"weights less than the name says":    {[]ModelName{"llama2:70b"}, Settings{Weights: map[ModelName]int64{"llama2:70b": 5 << 30}}, "7Gi"},
		"weights of one of several":          {[]ModelName{"llama2:70b", "llama3.1:8b"}, Settings{Weights: map[ModelName]int64{"llama2:70b": 1 << 30}}, "6Gi"},
		"weights of an unknown size":         {[]ModelName{"unknown:latest"}, Settings{Weights: map[ModelName]int64{"unknown:latest": 10 << 30}}, "13Gi"},
		"weights, unknown, long context":     {[]ModelName{"unknown:latest"}, Settings{ContextLength: 131072, Weights: map[ModelName]int64{"unknown:latest": 10 << 30}}, "40Gi"},
		"weights with a known cache":         {[]ModelName{"llama3.1:8b"}, Settings{ContextLength: 32768, Weights: map[ModelName]int64{"llama3.1:8b": 8 << 30}}, "13Gi"},
		"the largest settings":               {[]ModelName{"llama3.1:405b"}, Settings{ContextLength: 10485760, Parallel: 256}, "1293033Gi"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, known := MemoryOfLargest(c.models, c.settings)
			assert.True(t, known)
			assert.Equal(t, c.want, got.String())
		})
	}
	_, known := MemoryOfLargest([]ModelName{"unknown:latest"}, Settings{MaxLoadedModels: 2})
	assert.False(t, known)
}
