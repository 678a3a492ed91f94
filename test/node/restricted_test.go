// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Ollama runs as a user that no image knows, where Pod Security enforces it, and pulls,
// logs and serves.
func TestRestricted(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("restricted:1b", 1_000_000))
	s.kubectl(t, "label", "namespace", s.namespace, "pod-security.kubernetes.io/enforce=restricted")
	user := strconv.Itoa(1_000_000_000 + rand.IntN(v1alpha1.MaxRunAsUser-1_000_000_000)) //nolint:gosec // not a secret
	s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: restricted}
spec:
  security: {profile: Restricted, runAsUser: `+user+`}
  ollama:
    models: ["restricted:1b"]
    resources: {requests: {cpu: 20m, memory: 64Mi}}
    envVars: [{name: NO_PROXY, value: example.com}]
`)
	s.ready(t, "restricted")

	assert.Equal(t, []string{"restricted:1b"}, models(t, s.url(t, "restricted-ollama", "11434", "/api/tags")))
	pod := s.pod(t, "ollama")
	assert.Equal(t, user+"\n", s.kubectl(t, "exec", pod.Name, "-c", "ollama", "--", "id", "-u"))
	assert.Regexp(t, `restricted:1b is (already )?available`, s.kubectl(t, "logs", pod.Name, "-c", "ollama"))
	assert.Contains(t, s.kubectl(t, "exec", pod.Name, "-c", "ollama", "--", "env"), "NO_PROXY=example.com\n")
}
