// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func TestEveryComponentHasWarnings(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, v1alpha1.ComponentNames(), slices.Collect(maps.Keys(componentWarnings)))
}
