// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node"
)

// object returns the manifest of an OllamaDeployment with one model whose pod is small, and with more
// fields of spec.ollama.
func object(name, model, more string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: ` + name + `}
spec:
  ollama:
    models: ["` + model + `"]
    resources: {requests: {cpu: 20m, memory: 64Mi}}
` + more
}

// The smallest object pulls its model from the registry, and the reference's commands show it.
func TestMinimal(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("llama2:7b", 2_000_000))
	s.apply(t, object("minimal", "llama2:7b", ""))
	s.ready(t, "minimal")

	assert.Equal(t, []string{"llama2:7b"}, models(t, s.url(t, "minimal-ollama", "11434", "/api/tags")))
	assert.NotEmpty(t, s.kubectl(t, "logs", "-n", node.OperatorNamespace, "deployment/"+node.OperatorDeployment))
	assert.Contains(t, s.kubectl(t, "get", "all", "-l", "ollama-deployment=minimal"), "pod/minimal-ollama-")
	// The operator may have been faster than the pod.
	assert.Regexp(t, `llama2:7b is (already )?available`, s.kubectl(t, "logs", s.pod(t, "ollama").Name, "-c", "ollama"))
}
