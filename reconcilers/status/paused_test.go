// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A model that is removed while the object is paused counts as removed when the pods get the list without it, and
// is not forgotten before.
func TestRemovedWhilePaused(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, generation: 2}
spec: {paused: true, ollama: {models: ["llama2:7b"]}}
status: {models: [{name: "b:1b", phase: Pulled, lastPulled: "1970-01-01T00:00:00Z"}]}
`))
	o := seen(deployment(1, 1, 1), nil)
	o.Models.Gone = []string{"b:1b"}
	later := now
	later.Time = now.Add(2 * RemovalSettles)
	d.Status = Compute(d, o, nil, now)
	d.Status = Compute(d, o, nil, later)
	require.Len(t, d.Status.RemovedModels, 1)
	assert.Equal(t, now, d.Status.RemovedModels[0].RemovedAt)
	assert.True(t, StandsStill(d))

	d.Spec.Paused = nil
	assert.True(t, StandsStill(d), "until the list is applied")
	d.Status = Compute(d, o, nil, later)
	require.Len(t, d.Status.RemovedModels, 1)
	assert.Equal(t, later, d.Status.RemovedModels[0].RemovedAt)
	assert.False(t, StandsStill(d))
	later.Time = later.Add(RemovalSettles)
	assert.Empty(t, Compute(d, o, nil, later).RemovedModels)
}

// What a paused or queued object reports at rest does not change with time.
func TestStandingStillIsAtRest(t *testing.T) {
	t.Parallel()
	for name, spec := range map[string]string{"paused": "paused: true, ", "queued": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {`+spec+`ollama: {models: ["llama2:7b"]}}}`))
			o := queued(withDebt(seen(deployment(1, 1, 1), nil)), ollama)
			d.Status = Compute(d, o, nil, then)
			assert.Equal(t, d.Status, Compute(d, o, nil, now))
		})
	}
}

// The message has a limited number of entries, each on one line.
func TestDebtCondition(t *testing.T) {
	t.Parallel()
	assert.Nil(t, Debt{}.Condition())
	found := Debt{DeprecatedFields: []string{"a: b\n\x1b[2Jc", "d: e"}}.Condition()
	assert.Equal(t, "True DeprecatedFields a: b [2Jc; d: e", string(found.Status)+" "+found.Reason+" "+found.Message)
	found = Debt{ToleratedErrors: make([]string, maxDebts), DeprecatedFields: []string{"a"}}.Condition()
	assert.Equal(t, "ToleratedErrors", found.Reason)
	assert.Contains(t, found.Message, "; and 1 more")
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	d.Status = Compute(d, withDebt(Observed{}), nil, then)
	require.NotNil(t, meta.FindStatusCondition(d.Status.Conditions, "Debt"))
	assert.Nil(t, meta.FindStatusCondition(Compute(d, Observed{}, nil, now).Conditions, "Debt"))
}
