// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/planned"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// hostileManifests have the payload, as JSON, in all places of a manifest that a command reads: one that is accepted,
// one that is refused, and one that cannot be parsed.
var hostileManifests = map[string]string{
	"accepted": `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "stack", "annotations": {"example.com/a": PAYLOAD}},
		"spec": {"ollama": {"models": ["llama2:7b"], "envVars": [{"name": "A", "value": PAYLOAD}], "pod": {"annotations": {"example.com/a": PAYLOAD}}},
			"openwebui": {"enabled": true, "ingress": {"enabled": true, "host": "a.example.com", "annotations": {"example.com/a": PAYLOAD}}}}}`,
	"refused": `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", PAYLOAD: PAYLOAD, "a": 1, "a": 2,
		"metadata": {"name": PAYLOAD, "namespace": PAYLOAD, "labels": {PAYLOAD: PAYLOAD}, "annotations": {PAYLOAD: PAYLOAD}},
		"spec": {PAYLOAD: {}, "ollama": {"models": [PAYLOAD], "image": PAYLOAD, "imageTag": PAYLOAD, "replicas": PAYLOAD, "servicePort": PAYLOAD, "resources": {"limits": {PAYLOAD: PAYLOAD, "cpu": PAYLOAD}},
			"settings": {"keepAlive": PAYLOAD}, "source": {"mirror": PAYLOAD, "insecureRegistries": [PAYLOAD]}, "pod": {"nodeSelector": {PAYLOAD: PAYLOAD}}},
			"openwebui": {"enabled": true, "service": {"type": PAYLOAD}, "ingress": {"enabled": true, "host": PAYLOAD, "annotations": {PAYLOAD: PAYLOAD}}},
			"tabby": {"enabled": true, "modelName": PAYLOAD, "ollamaServiceName": PAYLOAD, "envVars": [{"name": PAYLOAD, "value": PAYLOAD}], "volumeMounts": [{"name": PAYLOAD, "mountPath": PAYLOAD}]}}}`,
	"not parsed":   `{"kind": "OllamaDeployment", "spec": {PAYLOAD: [}}`,
	"other kind":   `{"apiVersion": PAYLOAD, "kind": PAYLOAD, "metadata": {"name": PAYLOAD}}`,
	"similar kind": `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeploymen", "metadata": {"name": PAYLOAD}}`,
}

// hostilePayloads are all payloads in one, and those that mean most to a terminal or a workflow alone.
func hostilePayloads() map[string]string {
	all := fixtures.Payloads()
	return map[string]string{
		"all": fixtures.AllPayloads(), "workflow command": all["workflow command"], "terminal escape": all["terminal escape"], "direction": all["direction"], "long": all["long"],
	}
}

// withPayload returns the text with the payload as a JSON string.
func withPayload(t *testing.T, text, payload string) string {
	t.Helper()
	quoted, err := json.Marshal(payload)
	require.NoError(t, err)
	return strings.ReplaceAll(text, "PAYLOAD", string(terminal.EscapeJSON(quoted)))
}

// Whatever values files have, no command prints a character that controls a terminal, or a line that begins like a
// workflow command of somebody else.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	commands := [][]string{{"default", "-"}, {"default", "-", "-o", "json"}, {"default", "-", "--diff"}, {"render", "-"}, {"fix", "-", "--diff"}, {"why", "-f", "-"}, {"why", "-f", "-", "ollama.envVars[A].value"}, {"why", "-f", "-", "-o", "json"}, {"why", "-f", "-", "-o", "yaml"}}
	for _, format := range report.Formats {
		commands = append(commands, []string{"validate", "-", "-o", format.Name})
	}
	against := writeFile(t, earlierStack)
	for _, format := range planned.Formats {
		commands = append(commands, []string{"plan", "-f", "-", "--against", against, "--diff", "-o", format.Name})
	}
	for name, payload := range hostilePayloads() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, text := range hostileManifests {
				for _, args := range commands {
					if kind != "accepted" && kind != "refused" && args[0] != "validate" {
						continue // they say the same of it
					}
					_, out, stderr := run(t, withPayload(t, text, payload), args...)
					checkOutput(t, fmt.Sprint(kind, args), out, stderr)
				}
				_, _, stderr := run(t, withPayload(t, text, payload), "migrate", "-") // it prints the text of the file as it is
				checkOutput(t, kind+" migrate", "", stderr)
			}
			if !strings.ContainsRune(payload, 0) {
				_, out, stderr := run(t, "", "validate", payload)
				checkOutput(t, "name of a file", out, stderr)
				_, out, stderr = run(t, "", "validate", "-", "-o", payload)
				checkOutput(t, "value of a flag", out, stderr)
				_, out, stderr = run(t, earlierStack, "why", "-f", "-", payload)
				checkOutput(t, "name of a field", out, stderr)
			}
		})
	}
}

// Whatever values a cluster's objects have, neither.
func TestHostileCluster(t *testing.T) {
	t.Parallel()
	const object = `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "stack", "namespace": "models", "resourceVersion": "1", "generation": 1, "labels": {PAYLOAD: PAYLOAD}, "managedFields": [{"manager": PAYLOAD, "operation": "Apply", "apiVersion": "llm.geeper.io/v1alpha1", "fieldsType": "FieldsV1",
			"fieldsV1": {"f:spec": {"f:ollama": {"f:models": {}, "f:replicas": {}}}}}]},
		"spec": {"ollama": {"models": ["llama2:7b", PAYLOAD], "replicas": 2, "envVars": [{"name": "A", "value": PAYLOAD}], "resources": {"limits": {PAYLOAD: "1"}}}},
		"status": {"phase": PAYLOAD, "url": PAYLOAD, "models": [{"name": PAYLOAD, "phase": PAYLOAD, "message": PAYLOAD, "reason": PAYLOAD, "digest": PAYLOAD, "pods": PAYLOAD}],
			"conditions": [{"type": PAYLOAD, "status": "False", "reason": PAYLOAD, "message": PAYLOAD}, {"type": "Ready", "status": "False", "reason": PAYLOAD, "message": PAYLOAD}]}}`
	const list = `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeploymentList", "metadata": {}, "items": [{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": PAYLOAD, "namespace": PAYLOAD, "uid": "1"},
		"spec": {PAYLOAD: 1, "ollama": {"models": [PAYLOAD], "image": PAYLOAD, "resources": {"limits": {PAYLOAD: "1"}}}}}]}`
	for name, payload := range hostilePayloads() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, nil)
			api.objects[resource+"/stack"], api.objects[resource] = withPayload(t, object, payload), withPayload(t, list, payload)
			for _, args := range [][]string{
				{"status", "stack"},
				{"why", "stack"},
				{"why", "stack", "ollama.replicas"},
				{"why", "stack", "ollama.envVars[A].value"},
				{"why", "stack", "-o", "json"},
				{"why", "stack", "-o", "yaml"},
				{"models", "stack"},
				{"models", "stack", "-o", "wide"},
				{"models", "stack", "-o", "name"},
				{"models", "stack", "-o", "json"},
				{"models", "stack", "-o", "yaml"},
				{"preflight", "--crds=false", "--show-warnings"},
				{"preflight", "--crds=false", "-o", "json"},
				{"preflight", "--crds=false", "-o", "yaml"},
			} {
				_, out, stderr := run(t, "", append(args, flags...)...)
				checkOutput(t, fmt.Sprint(args), out, stderr)
			}
			_, out, stderr := run(t, earlierStack, append([]string{"plan", "-f", "-", "--against", "cluster", "--diff"}, flags...)...)
			checkOutput(t, "plan", out, stderr)
			api.refusals = []string{withPayload(t, `{"reason": "Invalid", "code": 422, "message": PAYLOAD, "details": {"causes": [{"field": PAYLOAD, "message": PAYLOAD}]}}`, payload)}
			_, out, stderr = run(t, "", append([]string{"models", "stack", "add", "phi3:mini"}, flags...)...)
			checkOutput(t, "refused", out, stderr)
		})
	}
}

// checkOutput asserts that the output does not control a terminal, or the workflow that prints it.
func checkOutput(t *testing.T, name string, outputs ...string) {
	t.Helper()
	for _, out := range outputs {
		assert.Equal(t, terminal.EscapeText(out), out, name)
		for line := range strings.Lines(out) {
			assert.False(t, strings.HasPrefix(line, "::error file=a::injected"), "%s: %s", name, line)
		}
	}
}
