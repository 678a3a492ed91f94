// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/patterns"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// An object that exceeds the size limits has no other findings.
func TestSizeLimit(t *testing.T) {
	t.Parallel()
	models := strings.TrimSuffix(strings.Repeat(`"a:b",`, 1001), ",")
	results := check(t, header+"metadata: {name: stack}\nspec: {ollama: {models: ["+models+"]}}\n", validation.Options{})
	require.Len(t, results, 1)
	assert.Equal(t, []string{"4:17 error FieldValueTooMany spec.ollama.models: Too many: must have at most 1000 entries"}, lines(results[0].Findings))
}

// The operator's flags apply offline too.
func TestAllowedIngresses(t *testing.T) {
	t.Parallel()
	const text = header + "metadata: {name: stack}\nspec:\n  ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}\n" +
		"  openwebui: {ingress: {host: www.example.org, annotations: {example.org/a: \"1\"}}}\n"
	results := check(t, text, validation.Options{})
	require.Len(t, results, 1)
	assert.Empty(t, results[0].Findings)
	results = check(t, text, validation.Options{
		AllowedIngressHosts: patterns.Hosts{"*.example.com"}, AllowedIngressAnnotations: patterns.Annotations{"example.com/*"},
	})
	require.Len(t, results, 1)
	assert.Equal(t, []string{
		"6:31 error FieldValueForbidden spec.openwebui.ingress.host: Forbidden: www.example.org is not one of the hosts that the cluster's administrator allows: *.example.com",
		"6:77 error FieldValueForbidden spec.openwebui.ingress.annotations[example.org/a]: Forbidden: is not one of the annotations that the cluster's administrator allows: example.com/*",
	}, lines(results[0].Findings))
}
