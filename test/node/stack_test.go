// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Open WebUI and Tabby find Ollama and its models, start with what the operator gives them, and end
// where their originals would.
func TestStack(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("codellama:7b", 2_000_000))
	require.NoError(t, shared.Models.Add("nomic-embed-text:latest", 1_000_000))
	s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama:
    models: ["codellama:7b", "nomic-embed-text:latest"]
    resources: {requests: {cpu: 20m, memory: 64Mi}}
  openwebui:
    enabled: true
    resources: {requests: {cpu: 20m, memory: 32Mi}}
  tabby:
    enabled: true
    resources: {requests: {cpu: 20m, memory: 32Mi}}
`)
	s.ready(t, "stack")

	assert.ElementsMatch(t, []string{"codellama:7b", "nomic-embed-text:latest"},
		models(t, s.url(t, "stack-openwebui", "8080", "/ollama/api/tags")))
	log := s.kubectl(t, "logs", "deployment/stack-tabby", "-c", "tabby")
	assert.Contains(t, log, "ollama/completion: model codellama:7b found")
	assert.Contains(t, log, "ollama/embedding: model nomic-embed-text:latest found")
	status, _, err := fetch(s.url(t, "stack-tabby", "8080", "/v1/health"))
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, "3/3", s.get(t, "stack").Status.Ready)
}
