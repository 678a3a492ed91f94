// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A misspelled profile is one error: a user beside it is right for the profile that is meant.
func TestMisspelledProfile(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {security: {profile: restricted, runAsUser: 1000}, ollama: {models: ["llama2:7b"]}}}`))
	_, errs := ValidateCreate(d, nil, Options{})
	assert.Equal(t, []string{`spec.security.profile: Unsupported value: "restricted": supported values: "Baseline", "Restricted"; did you mean "Restricted"?`}, texts(errs))
}

// The schema has the bounds of the user of restricted pods, because a number that Go cannot decode may be
// stored while the webhooks are away.
func TestSchemaBoundsUser(t *testing.T) {
	t.Parallel()
	rules := crdVersion(t, "ollamadeployments").Schema.OpenAPIV3Schema.Properties["spec"].Properties["security"].Properties["runAsUser"].XValidations
	require.Len(t, rules, 1)
	env, err := cel.NewEnv(cel.Variable("self", cel.DynType))
	require.NoError(t, err)
	expression, issues := env.Compile(rules[0].Rule)
	require.NoError(t, issues.Err())
	program, err := env.Program(expression)
	require.NoError(t, err)
	for value, want := range map[any]bool{
		1: true, 10001: true, 1<<31 - 1: true, "FromCluster": true,
		0: false, -1: false, 1 << 31: false, 3_000_000_000: false, "": false, "1000": false, "fromCluster": false,
	} {
		got, _, err := program.Eval(map[string]any{"self": value})
		require.NoError(t, err, "%v", value)
		assert.Equal(t, want, got.Value(), "%v", value)
	}
}
