// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func TestEveryComponentHasARenderer(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, v1alpha1.ComponentNames(), slices.Collect(maps.Keys(renderers)))
	for name, r := range renderers {
		assert.NotNil(t, r.pod, name)
	}
}
