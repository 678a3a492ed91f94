// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is parsed is found under its name, once, and no longer when it is taken away.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"llama2:7b", "llama2:7b library/LLAMA2:7b", "a:1 b:2 a:1", "", "a", "registry.ollama.ai/library/a:1 a:1", "x:local x:latest"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names := strings.Fields(text)
		list, err := Parse(names)
		if err != nil {
			return
		}
		assert.LessOrEqual(t, len(list), len(names))
		for i, model := range list {
			assert.Contains(t, names, string(model))
			assert.Equal(t, i, Find(list, model))
		}
		assert.Empty(t, Without(list, list))
		if len(list) > 0 {
			rest := Without(list, list[:1])
			assert.Equal(t, list[1:], append(list[1:1:1], rest...))
			assert.Negative(t, Find(rest, list[0]))
		}
	})
}
