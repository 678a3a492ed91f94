// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// checkProperties asserts that the plan of an update is always the same, and that one that changes nothing has no
// effect.
func checkProperties(t *testing.T, old, d *v1alpha1.OllamaDeployment) {
	t.Helper()
	p, err := Compute(Input{Old: old, New: d})
	require.NoError(t, err)
	again, err := Compute(Input{Old: old.DeepCopy(), New: d.DeepCopy()})
	require.NoError(t, err)
	assert.Equal(t, p, again)
	brief, err := Compute(Input{Old: old, New: d, Brief: true})
	require.NoError(t, err)
	u, err := newUpdate(Input{Old: old, New: d})
	require.NoError(t, err)
	if len(u.changes) <= maxBriefExperiments {
		assert.Equal(t, Warning(p), Warning(brief))
	}
	assert.Equal(t, Warning(p) == "", Warning(brief) == "")
	_, err = Compute(Input{New: d})
	require.NoError(t, err)
	_, err = Compute(Input{Old: d})
	require.NoError(t, err)

	same, err := Compute(Input{Old: d, New: d.DeepCopy()})
	require.NoError(t, err)
	assert.Equal(t, Plan{Kind: same.Kind, Namespace: d.Namespace, Name: d.Name, Action: Unchanged, Paused: d.Spec.IsPaused()}, same)
}

// Every field of the objects has random values, including nil, empty and unusual ones.
func TestAnyObject(t *testing.T) {
	t.Parallel()
	for seed := range int64(60) {
		filler := fixtures.Filler(seed)
		d, old := &v1alpha1.OllamaDeployment{}, &v1alpha1.OllamaDeployment{}
		filler.Fill(&d.Spec)
		filler.Fill(&old.Spec)
		filler.Fill(&d.Name)
		old.Name = d.Name
		d.DefaultUpdate(old)
		checkProperties(t, old, d)
	}
}

// What is stored of one case of the rules changes to what is stored of another.
func TestAnyCases(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewSource(1)) //nolint:gosec // the same cases each time
	cases := fixtures.Rules(t)
	for range 150 {
		old := fixtures.Defaulted(fixtures.Parse(t, cases[random.Intn(len(cases))].Object("stack")))
		d := fixtures.Defaulted(fixtures.Parse(t, cases[random.Intn(len(cases))].Object("stack")))
		checkProperties(t, old, d)
	}
}
