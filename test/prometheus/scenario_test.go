// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A step is a kubectl command of the scenario.
type step struct {
	args  []string
	stdin string
	// refused is what the error says, if the request has to be refused.
	refused string
}

// The namespaces of the objects.
const (
	teamA = "team-a"
	teamB = "team-b"
)

// scenario has what users do while Prometheus scrapes: objects that become ready, one whose model does not exist, one whose
// model takes minutes, one that is paused, one with a deprecated field, and requests that are refused.
func scenario(t *testing.T) []step {
	t.Helper()
	refused, err := os.ReadFile(filepath.Join("..", "fixtures", "refused.yaml"))
	require.NoError(t, err)
	tooMany := patch(teamA, "chat", `{"ollama":{"replicas":11}}`)
	tooMany.refused = "spec.ollama.replicas"
	return []step{
		create(teamA, "chat", `{ollama: {models: ["llama3.2:3b", "nomic-embed-text:v1.5"]}, openwebui: {enabled: true}}`),
		create(teamA, "code", `{ollama: {models: ["codellama:7b"]}, tabby: {enabled: true}}`),
		create(teamB, "typo", `{ollama: {models: ["not-found:7b", "llama3.2:1b"]}}`),
		create(teamB, "huge", `{ollama: {models: ["very-slow/llama3.3:70b"]}}`),
		{args: []string{"apply", "-f", "-"}, stdin: string(refused), refused: "spec.ollama.models[0]"},
		create(teamB, "asleep", `{paused: true, ollama: {models: ["llama3.2:3b"]}}`),
		create(teamA, "old", `{ollama: {models: ["llama2:7b"], servicePort: 8000}}`),
		patch(teamA, "chat", `{"ollama":{"replicas":2}}`),
		tooMany,
		patch(teamB, "typo", `{"ollama":{"models":["not-found:7b","not-found:13b","llama3.2:1b"]}}`),
		patch(teamA, "code", `{"tabby":{"replicas":2}}`),
		patch(teamA, "chat", `{"ollama":{"models":["llama3.2:3b","nomic-embed-text:v1.5","slow/mistral:7b"]}}`),
		{args: []string{"apply", "--dry-run=server", "-f", "-"}, stdin: string(refused), refused: "spec.tabby.modelName"},
		patch(teamA, "old", `{"ollama":{"replicas":3}}`),
	}
}

func create(namespace, name, spec string) step {
	return step{args: []string{"apply", "-f", "-"}, stdin: fmt.Sprintf(
		"{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {namespace: %s, name: %s}, spec: %s}", namespace, name, spec)}
}

func patch(namespace, name, spec string) step {
	return step{args: []string{"patch", "ollamadeployment", name, "-n", namespace, "--type=merge", "-p", `{"spec":` + spec + `}`}}
}

// play runs the scenario, whose steps are spread over the duration.
func (c *testCluster) play(t *testing.T, duration time.Duration) {
	t.Helper()
	for _, namespace := range []string{teamA, teamB} {
		out, err := c.kubectl(t, "", "create", "namespace", namespace)
		require.NoError(t, err, out)
	}
	steps := scenario(t)
	ticks := time.NewTicker(duration / time.Duration(len(steps)))
	defer ticks.Stop()
	for _, one := range steps {
		out, err := c.kubectl(t, one.stdin, one.args...)
		if one.refused == "" {
			require.NoError(t, err, out)
		} else {
			require.Error(t, err, one.args)
			assert.Contains(t, out, one.refused)
		}
		<-ticks.C
	}
}
