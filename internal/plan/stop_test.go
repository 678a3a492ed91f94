// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A plan for which nobody waits ends at once, wherever it is.
func TestStop(t *testing.T) {
	t.Parallel()
	before, after := updated(t, base, `{spec: {ollama: {imageTag: "0.12"}, openwebui: {imageTag: v2}}}`)
	asked := 0
	count := func() bool { asked++; return false }
	compute(t, Input{Old: before, New: after, Stop: count})
	require.Equal(t, 4, asked, "before and between the phases, and before each experiment")
	for last := range asked {
		left := last
		_, err := Compute(Input{Old: before, New: after, Stop: func() bool { left--; return left < 0 }})
		require.EqualError(t, err, "the plan was stopped", last)
	}
}

// A brief plan explains only what Warning says.
func TestBriefExplainsWarnings(t *testing.T) {
	t.Parallel()
	before, after := updated(t, stored, `{spec: {tabby: {enabled: true}, openwebui: {replicas: 0}, ollama: {imageTag: "0.12"}}}`)
	for _, c := range compute(t, Input{Old: before, New: after, Brief: true}).Components {
		assert.Equal(t, c.Downtime != "", len(c.Because) > 0, c.Name)
	}
}
