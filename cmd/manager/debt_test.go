// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/reconcilers/status"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Errors have their paths, types and details.
func TestDebtUnder(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: a}, spec: {ollama: {models: ["llama2:7b"], servicePort: 80, replicas: 70}}}`))
	assert.Equal(t, status.Debt{
		ToleratedErrors:  []string{"spec.ollama.replicas: Invalid value: must be at most 10"},
		DeprecatedFields: []string{`spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`},
	}, debtUnder(validation.Options{})(d))
	assert.Equal(t, status.Debt{}, debtUnder(validation.Options{})(fixtures.Defaulted(fixtures.Sample(t, "minimal"))))
}
