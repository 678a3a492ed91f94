// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

const now = "2026-01-02T03:04:05Z"

func TestWrite(t *testing.T) {
	t.Parallel()
	at, err := time.Parse(time.RFC3339, now)
	require.NoError(t, err)
	const spec = "metadata: {name: stack, namespace: models, generation: 2}\nspec: {ollama: {models: [\"llama2:7b\"], replicas: 2, imageTag: \"1\"}, openwebui: {enabled: true, imageTag: \"2\"}}\n"
	for name, status := range map[string]string{
		"new": `{phase: Pending}`,
		"hostile": `
  phase: "\u202eReady\e[2J"
  ready: "\u202e1/1"
  url: "https://\u202e\e[2J"
  observedGeneration: 2
  conditions:
  - {type: "Degraded", status: "True", reason: "\u2066\e[2J", message: "\u202e\x9b\u2028; \t\u200b", lastTransitionTime: "2026-01-02T03:00:00Z"}
`,
		"ready": `
  phase: Ready
  ready: 3/3
  observedGeneration: 2
  url: https://chat.example.com
  ollamaStatus: {readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2}
  openwebuiStatus: {readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1}
  conditions:
  - {type: Ready, status: "True", reason: AllReplicasReady, message: all pods are ready, lastTransitionTime: "2026-01-02T03:00:00Z"}
`,
		"degraded": `
  phase: Progressing
  ready: 2/3
  observedGeneration: 1
  ollamaStatus: {readyReplicas: 1, availableReplicas: 1, updatedReplicas: 2}
  openwebuiStatus: {readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1}
  conditions:
  - {type: Ready, status: "False", reason: ReplicasNotReady, message: ollama has 1 of 2 pods ready and up to date, lastTransitionTime: "2026-01-02T03:00:00Z"}
  - {type: Degraded, status: "True", reason: ModelPullFailed, message: "ollama: llama2:7b: pull model manifest: file does not exist (pod stack-ollama-x); ollama: no\nspace \e[1mleft (pod stack-ollama-y)", lastTransitionTime: "2026-01-01T03:00:00Z"}
  - {type: ModelsPulled, status: "False", reason: ModelPullFailed, message: "llama2:7b: pull model manifest: file does not exist", lastTransitionTime: "2026-01-01T03:00:00Z"}
`,
		"paused": `
  phase: Progressing
  ready: 3/3
  observedGeneration: 2
  ollamaStatus: {readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2}
  openwebuiStatus: {readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1}
  conditions:
  - {type: Ready, status: "False", reason: Paused, message: "spec.paused is true; not applied: Deployment \"stack-ollama\"; not deleted: Ingress \"stack-openwebui\"", lastTransitionTime: "2026-01-02T03:00:00Z"}
  - {type: Debt, status: "True", reason: ToleratedErrors, message: "spec.ollama.models[1]: Duplicate value", lastTransitionTime: "2026-01-02T03:00:00Z"}
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := spec
			if name == "paused" {
				spec = strings.Replace(spec, "spec: {", "spec: {paused: true, ", 1)
			}
			d := fixtures.Defaulted(fixtures.Parse(t, spec+"status: "+status))
			var out, colored strings.Builder
			require.NoError(t, Write(&out, d, Options{Now: at}))
			golden.Equal(t, filepath.Join("testdata", name+".txt"), out.String())
			require.NoError(t, Write(&colored, d, Options{Now: at, Colored: true}))
			assert.Contains(t, colored.String(), "\x1b[")
			assert.Equal(t, terminal.EscapeText(out.String()), out.String())
		})
	}
}
