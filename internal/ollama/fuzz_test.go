// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama_test

import (
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// fuzzedNames are the seeds of names: valid ones of all forms, and what is nearly one.
var fuzzedNames = []string{
	"llama2:7b", "library/llama2:7b", "registry.ollama.ai/library/llama2:7b", "Registry.Ollama.AI/me/x:Local", "localhost:5000/me/model:tag",
	"hf.co/a/B-GGUF:Q4_K_M", "gpt-oss:120b-cloud", "mixtral:8x7b-instruct-v0.1-q8_0", "llama4:17b-scout-16e", "nomic-embed-text:latest", "a:local",
	"", ":", "/", "//", "a", "a:", ":b", "a:b:c", "a/b/c/d:1", "x:1\n", "é:1", "a?b/c/d:1", "library/library/x:1", "_:_", "x:0b", "x:99999x99999b",
}

// A valid name has one canonical form, which names the same manifest, and is what a URL and a line of a file take as it
// is.
func FuzzModelName(f *testing.F) {
	for _, name := range fuzzedNames {
		f.Add(name, "mirror:5000")
	}
	f.Fuzz(func(t *testing.T, text, mirror string) {
		name := ollama.ModelName(text)
		assert.True(t, name.IsSame(name))
		assert.False(t, name.IsCode() && name.IsEmbedding())
		host, path := name.Manifest()
		listed := ollama.ModelName(name.ListedKey())
		download := ollama.Registries{Mirror: mirror}.Download(name)
		local, _ := name.WithoutLocal()
		if !name.IsValid() {
			return
		}
		short := ollama.ModelName(name.Short())
		require.True(t, short.IsValid(), short)
		assert.Equal(t, string(short), short.Short(), "the short form is canonical")
		assert.True(t, name.IsSame(short))
		assert.True(t, ollama.ModelName(strings.ToUpper(text)).IsSame(name), "case does not matter")
		assert.Equal(t, name.Key(), ollama.ModelName(name.Key()).Key())
		assert.Equal(t, string(listed), listed.ListedKey())
		assert.True(t, listed.IsValid())
		again, isLocal := local.WithoutLocal()
		assert.False(t, isLocal)
		assert.Equal(t, local, again)

		shortHost, shortPath := short.Manifest()
		assert.Equal(t, host+path, shortHost+shortPath)
		if at, err := url.Parse("https://" + host + path); err == nil {
			assert.Equal(t, url.URL{Scheme: "https", Host: host, Path: path}, *at)
		}
		if !download.IsMirrored() {
			assert.Equal(t, text, download.From)
		} else {
			assert.True(t, strings.EqualFold(host, ollama.DefaultHost))
			assert.True(t, strings.HasPrefix(download.From, mirror+"/"))
			assert.False(t, strings.HasSuffix(strings.ToLower(download.From), ":local"))
		}
	})
}

// The memory for a model is a positive number of Gi, and grows with each setting that needs more.
func FuzzMemoryNeeded(f *testing.F) {
	for i, name := range fuzzedNames {
		f.Add(name, int32(i*1000), int32(i), int64(i)<<30)
	}
	f.Add("llama3.1:405b-fp32", int32(math.MaxInt32), int32(math.MaxInt32), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, text string, context, parallel int32, weights int64) {
		name := ollama.ModelName(text)
		s := ollama.Settings{ContextLength: max(context, 0), Parallel: max(parallel, 0), CacheType: "q4_0"}
		need := func(s ollama.Settings) int64 {
			quantity, known := name.MemoryNeeded(s)
			bytes, exact := quantity.AsInt64()
			require.True(t, exact)
			require.Positive(t, bytes)
			require.Zero(t, bytes%(1<<30), "whole Gi")
			all, some := ollama.MemoryOfLargest([]ollama.ModelName{name}, s)
			require.Equal(t, known, some)
			require.Zero(t, quantity.Cmp(all))
			two, _ := ollama.MemoryOfLargest([]ollama.ModelName{name, "llama2:7b"}, s)
			require.LessOrEqual(t, all.Cmp(two), 0, "a model more never needs less")
			return bytes
		}
		least := need(s)
		more := s
		more.CacheType = "f16"
		assert.GreaterOrEqual(t, need(more), least)
		if more = s; s.ContextLength > 0 && s.ContextLength < math.MaxInt32/2 {
			more.ContextLength *= 2
			assert.GreaterOrEqual(t, need(more), least)
		}
		if more = s; s.Parallel > 0 && s.Parallel < math.MaxInt32/2 {
			more.Parallel *= 2
			assert.GreaterOrEqual(t, need(more), least)
		}
		if weights > 0 && weights < math.MaxInt64/2 {
			s.Weights = map[ollama.ModelName]int64{name: weights}
			least = need(s)
			s.Weights = map[ollama.ModelName]int64{name: weights * 2}
			assert.GreaterOrEqual(t, need(s), least)
		}
	})
}
