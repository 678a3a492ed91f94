// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/node/models"
)

// nameInText matches what looks like the name of a model in the docs.
var nameInText = regexp.MustCompile(`[a-z0-9.-]*[a-z0-9]:(latest|[0-9.]+[bm])\b`)

// noModels are in the docs a model that no registry has, and an image.
var noModels = []string{"not-found:7b", "models:latest"}

// The registry has the models of the samples and of the docs for a person.
func TestPublic(t *testing.T) {
	names, err := models.NewRegistry().AddPublic()
	require.NoError(t, err)
	for _, sample := range fixtures.Samples() {
		for _, model := range fixtures.Sample(t, sample).Spec.Ollama.Models {
			assert.Contains(t, names, string(model), sample)
		}
	}
	for _, pattern := range []string{"README.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "..", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, name := range nameInText.FindAllString(string(text), -1) {
				if !slices.Contains(noModels, name) {
					assert.Contains(t, names, name, file)
				}
			}
		}
	}
}
