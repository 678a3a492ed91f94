// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Errors about the entries of maps are in the order of their keys.
func TestOrderOfErrors(t *testing.T) {
	t.Parallel()
	const invalid = `{"a 1": x, "a 2": x, "a 3": x, "a 4": x, "a 5": x, "a 6": x}`
	for name, pod := range map[string]string{
		"labels":        `{labels: ` + invalid + `}`,
		"annotations":   `{annotations: ` + invalid + `}`,
		"node selector": `{nodeSelector: ` + invalid + `}`,
		"selector":      `{topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: ` + invalid + `}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], pod: `+pod+`}}}`))
			_, errs := ValidateCreate(d, nil, Options{})
			require.Len(t, errs, 6)
			assert.True(t, slices.IsSorted(texts(errs)), texts(errs))
		})
	}
}
