// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What was probably meant is an image that can be mounted.
func TestExplainImageReference(t *testing.T) {
	t.Parallel()
	const grammar = `must be an image with a tag or a digest, such as "registry.example.com/models/llama:1"`
	for value, want := range map[string]string{
		"models:1":                   "",
		"Registry.example.com/a:1":   "",
		"models":                     grammar + `; did you mean "models:latest"?`,
		"https://example.com/Llama":  grammar + `; did you mean "example.com/llama:latest"?`,
		"Registry.example.com/Llama": grammar + `; did you mean "registry.example.com/llama:latest"?`,
		"Models:1":                   grammar + `; did you mean "models:1"?`,
		"a b":                        grammar,
	} {
		assert.Equal(t, want, explainImageReference(value), value)
	}
}
