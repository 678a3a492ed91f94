// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const spelledFlat = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], servicePort: 80}
  openwebui: {enabled: true, ingressEnabled: true, ingressHost: a.example.com}
`

// Deprecated fields count whichever way the object is changed.
func TestDeprecatedFieldsFollow(t *testing.T) {
	t.Parallel()
	for name, apply := range map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			const values = ".spec.ollama.service.port} {.spec.openwebui.ingress.enabled} {.spec.openwebui.ingress.host"
			k.ok(t, spelledFlat, apply...)
			assert.Equal(t, "80 true a.example.com", k.get(t, kept, values))
			k.ok(t, strings.NewReplacer("80", "81", "a.example.com", "b.example.com").Replace(spelledFlat), apply...)
			assert.Equal(t, "81 true b.example.com", k.get(t, kept, values))
			k.ok(t, "", "patch", kept, "--type=merge", "-p", `{"spec":{"ollama":{"service":{"port":82}}}}`)
			assert.Equal(t, "82 true b.example.com", k.get(t, kept, values))
			// Of what is given no more nothing stays: a port that somebody else has set does.
			k.ok(t, strings.NewReplacer("servicePort: 80", "replicas: 1", ", ingressEnabled: true, ingressHost: a.example.com", "").Replace(spelledFlat), apply...)
			assert.Equal(t, "82 false ", k.get(t, kept, values))
		})
	}
}

// A manifest that was rewritten in today's spelling changes nothing.
func TestDeprecatedFieldsAreMigrated(t *testing.T) {
	t.Parallel()
	migrated := strings.NewReplacer("servicePort: 80", "service: {port: 80}",
		"ingressEnabled: true, ingressHost: a.example.com", "ingress: {enabled: true, host: a.example.com}").Replace(spelledFlat)
	for name, apply := range map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.ok(t, spelledFlat, apply...)
			r := k.run(t, migrated, apply...)
			assert.Zero(t, r.Code, r.Stderr)
			assert.NotContains(t, r.Stderr, "was removed")
			const values = ".spec.ollama.service.port} {.spec.openwebui.ingress.enabled} {.spec.openwebui.ingress.host} {.spec.ollama.servicePort} {.spec.openwebui.ingressHost"
			assert.Equal(t, "80 true a.example.com  ", k.get(t, kept, values))
			k.noDiff(t, migrated)
		})
	}
}

// An edit sends a patch, which tells nothing of what is stored already: the value stays.
func TestDeprecatedFieldIsEditedAway(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, spelledFlat)
	cmd := exec.Command(shared.Kubectl, "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace, "edit", kept)
	cmd.Env = append(os.Environ(), `KUBE_EDITOR=sed -i "/^    servicePort:/d"`)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.NotContains(t, string(out), "was removed")
	assert.Equal(t, "80 ", k.get(t, kept, ".spec.ollama.service.port} {.spec.ollama.servicePort"))
}
