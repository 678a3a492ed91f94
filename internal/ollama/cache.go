// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"math"
	"strings"
)

// Settings has what the memory of a server depends on beside its models. Fields that are zero
// stand for Ollama's defaults.
type Settings struct {
	// ContextLength is the number of tokens of a request's context.
	ContextLength int32
	// Parallel is the number of requests that a model processes at the same time.
	Parallel int32
	// MaxLoadedModels is the number of models that are in memory at the same time.
	MaxLoadedModels int32
	// CacheType is the type of the elements of the KV cache: f16, q8_0 or q4_0.
	CacheType string
	// Weights has the bytes of the weights of models whose manifests are known. Those of others are
	// estimated from their names.
	Weights map[ModelName]int64
}

// The defaults on a machine without a GPU. Source: ollama/ollama, server/routes.go (Serve) and
// envconfig/config.go, v0.32.15.
const (
	defaultContextLength = 4096
	defaultParallel      = 1
)

// The KV cache has a key and a value for each token, layer and KV head:
//
//	cache = 2 × layers × KV heads × head dimension × bits / 8 × context length × parallel
//
// Source: ollama/ollama, fs/ggml/ggml.go (GraphSize), v0.32.15.
const keyAndValue = 2

// cacheBits has the bits of an element of the KV cache. The quantized types have a scale of 16
// bits for 32 elements. Source: llama.cpp, ggml/src/ggml-common.h (block_q8_0, block_q4_0).
var cacheBits = map[string]float64{"": 16, "f16": 16, "q8_0": 8.5, "q4_0": 4.5}

// The elements of a model whose shape is not known are estimated from its parameters, in
// billions:
//
//	elements for a token = 36 Ki × billions^0.4
//
// The estimate is half to four times what models with grouped-query attention and 3 billion
// parameters or more need.
const (
	estimatedElements = 36 << 10
	estimatedExponent = 0.4
)

// A shape is what the size of a model's KV cache depends on.
type shape struct{ layers, heads, dimension float64 }

// shapes has the shapes of common models by the beginning of their names, of which the first
// that fits counts, and by size. Layers whose cache is limited to a window (gemma2, gemma3,
// gpt-oss) count as others.
//
// Source: config.json of the models on huggingface.co (num_hidden_layers, num_key_value_heads,
// head_dim or hidden_size / num_attention_heads).
var shapes = []struct {
	prefix string
	sizes  map[string]shape
}{
	{"llama2", map[string]shape{"7b": {32, 32, 128}, "13b": {40, 40, 128}, "70b": {80, 8, 128}}},
	{"llama3", map[string]shape{"1b": {16, 8, 64}, "3b": {28, 8, 128}, "8b": {32, 8, 128}, "70b": {80, 8, 128}, "405b": {126, 8, 128}}},
	{"codellama", map[string]shape{"7b": {32, 32, 128}, "13b": {40, 40, 128}, "34b": {48, 8, 128}, "70b": {80, 8, 128}}},
	{"mistral-nemo", map[string]shape{"12b": {40, 8, 128}}},
	{"mistral-small", map[string]shape{"22b": {56, 8, 128}, "24b": {40, 8, 128}}},
	{"mistral", map[string]shape{"7b": {32, 8, 128}}},
	{"mixtral", map[string]shape{"8x7b": {32, 8, 128}, "8x22b": {56, 8, 128}}},
	{"codestral", map[string]shape{"22b": {56, 8, 128}}},
	{"gemma3n", nil},
	{"gemma3", map[string]shape{"1b": {26, 1, 256}, "4b": {34, 4, 256}, "12b": {48, 8, 256}, "27b": {62, 16, 128}}},
	{"gemma2", map[string]shape{"2b": {26, 4, 256}, "9b": {42, 8, 256}, "27b": {46, 16, 128}}},
	{"gemma", map[string]shape{"2b": {18, 1, 256}, "7b": {28, 16, 256}}},
	{"codegemma", map[string]shape{"2b": {18, 1, 256}, "7b": {28, 16, 256}}},
	{"phi3", map[string]shape{"3.8b": {32, 32, 96}, "14b": {40, 10, 128}}},
	{"phi4", map[string]shape{"14b": {40, 10, 128}}},
	{"deepseek-coder-v2", nil},
	{"deepseek-coder", map[string]shape{"1.3b": {24, 16, 128}, "6.7b": {32, 32, 128}, "33b": {62, 8, 128}}},
	{"starcoder2", map[string]shape{"3b": {30, 2, 128}, "7b": {32, 4, 128}, "15b": {40, 4, 128}}},
	{"qwen2.5", map[string]shape{
		"0.5b": {24, 2, 64}, "1.5b": {28, 2, 128}, "3b": {36, 2, 128}, "7b": {28, 4, 128},
		"14b": {48, 8, 128}, "32b": {64, 8, 128}, "72b": {80, 8, 128},
	}},
	{"qwen3.", nil},
	{"qwen3", map[string]shape{
		"0.6b": {28, 8, 128}, "1.7b": {28, 8, 128}, "4b": {36, 8, 128}, "8b": {36, 8, 128}, "14b": {40, 8, 128},
		"30b": {48, 4, 128}, "32b": {64, 8, 128}, "235b": {94, 4, 128},
	}},
	{"gpt-oss", map[string]shape{"20b": {24, 8, 64}, "120b": {36, 8, 64}}},
}

// contextBytes returns the memory of the KV cache and of the buffers whose size depends on the
// context; 0 if neither the context length nor the parallelism is set, and for embedding models,
// which have no such cache.
//
// Source of the buffers: ollama/ollama, fs/ggml/ggml.go (GraphSize, with flash attention),
// v0.32.15.
func (m ModelName) contextBytes(billions float64, s Settings) float64 {
	if s.ContextLength == 0 && s.Parallel == 0 || m.IsEmbedding() {
		return 0
	}
	context, parallel := float64(defaultContextLength), float64(defaultParallel)
	if s.ContextLength > 0 {
		context = float64(s.ContextLength)
	}
	if s.Parallel > 0 {
		parallel = float64(s.Parallel)
	}
	tokens := context * parallel
	buffers := (4*parallel + tokens/1024 + 110) * (1 << 20)
	return m.cacheBytes(billions, tokens, s.CacheType) + buffers
}

// cacheBytes returns the memory of the KV cache for as many tokens, all requests together.
func (m ModelName) cacheBytes(billions, tokens float64, cacheType string) float64 {
	return m.cacheElements(billions) * tokens * cacheBits[cacheType] / 8
}

// cacheElements returns the elements that the KV cache of the model has for a token.
func (m ModelName) cacheElements(billions float64) float64 {
	if known, found := m.shape(); found {
		return keyAndValue * known.layers * known.heads * known.dimension
	}
	return estimatedElements * math.Pow(billions, estimatedExponent)
}

// shape returns the shape of the model, if it is known.
func (m ModelName) shape() (shape, bool) {
	for _, family := range shapes {
		if !strings.HasPrefix(m.base(), family.prefix) {
			continue
		}
		for _, word := range append(words(strings.ToLower(m.tag())), words(m.base())...) {
			if known, found := family.sizes[word]; found {
				return known, true
			}
		}
		break
	}
	return shape{}, false
}
