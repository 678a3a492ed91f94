// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The KV cache of f16 for a token, in KiB, of ten models. The figures follow from layers, KV heads and
// head dimension in the config.json of each model on huggingface.co. There is no tolerance: the shapes
// of these models are known.
func TestCacheOfPublishedModels(t *testing.T) {
	t.Parallel()
	for model, c := range map[ModelName]struct{ layers, heads, dimension, kib float64 }{
		"llama2:7b":                        {32, 32, 128, 512}, // meta-llama/Llama-2-7b-hf
		"llama2:13b-chat":                  {40, 40, 128, 800}, // meta-llama/Llama-2-13b-hf
		"llama3.1:8b-instruct-q4_K_M":      {32, 8, 128, 128},  // meta-llama/Llama-3.1-8B
		"me/llama3.3:70b":                  {80, 8, 128, 320},  // meta-llama/Llama-3.3-70B-Instruct
		"llama3.1:405b":                    {126, 8, 128, 504}, // meta-llama/Llama-3.1-405B
		"mistral:7b":                       {32, 8, 128, 128},  // mistralai/Mistral-7B-v0.1
		"mixtral:8x7b":                     {32, 8, 128, 128},  // mistralai/Mixtral-8x7B-v0.1
		"qwen2.5-coder:7b":                 {28, 4, 128, 56},   // Qwen/Qwen2.5-Coder-7B
		"qwen3:30b-a3b":                    {48, 4, 128, 96},   // Qwen/Qwen3-30B-A3B
		"registry.example.com/x/gemma2:9b": {42, 8, 256, 336},  // google/gemma-2-9b
	} {
		assert.InDelta(t, c.kib, 2*c.layers*c.heads*c.dimension*2/1024, 0, "%s: the figure", model)
		assert.InDelta(t, c.kib, model.cacheElements(math.NaN())*2/1024, 0, "%s", model)
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
