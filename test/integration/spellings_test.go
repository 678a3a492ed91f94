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

const deprecatedStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], servicePort: 80}
  openwebui: {enabled: true, ingressEnabled: true, ingressHost: a.example.com}
`

// Replacements follow their deprecated fields, whichever way the object is changed.
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
			k.ok(t, deprecatedStack, apply...)
			assert.Equal(t, "80 true a.example.com", k.get(t, aliasOf, values))
			k.ok(t, strings.NewReplacer("80", "81", "a.example.com", "b.example.com").Replace(deprecatedStack), apply...)
			assert.Equal(t, "81 true b.example.com", k.get(t, aliasOf, values))
			k.ok(t, "", "patch", aliasOf, "--type=merge", "-p", `{"spec":{"ollama":{"service":{"port":82}}}}`)
			assert.Equal(t, "82 true b.example.com", k.get(t, aliasOf, values))
			// Values of removed fields are reset, except for the port, which another manager set.
			k.ok(t, strings.NewReplacer("servicePort: 80", "replicas: 1", ", ingressEnabled: true, ingressHost: a.example.com", "").Replace(deprecatedStack), apply...)
			assert.Equal(t, "82 false ", k.get(t, aliasOf, values))
		})
	}
}

// Applying a migrated manifest preserves the values.
func TestDeprecatedFieldsAreMigrated(t *testing.T) {
	t.Parallel()
	migrated := strings.NewReplacer("servicePort: 80", "service: {port: 80}",
		"ingressEnabled: true, ingressHost: a.example.com", "ingress: {enabled: true, host: a.example.com}").Replace(deprecatedStack)
	for name, apply := range map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.ok(t, deprecatedStack, apply...)
			r := k.run(t, migrated, apply...)
			assert.Zero(t, r.Code, r.Stderr)
			assert.NotContains(t, r.Stderr, "was removed")
			const values = ".spec.ollama.service.port} {.spec.openwebui.ingress.enabled} {.spec.openwebui.ingress.host} {.spec.ollama.servicePort} {.spec.openwebui.ingressHost"
			assert.Equal(t, "80 true a.example.com  ", k.get(t, aliasOf, values))
			k.noDiff(t, migrated)
		})
	}
}

// Removing a deprecated field with kubectl edit, which sends a patch, preserves the value.
func TestDeprecatedFieldIsRemovedByEdit(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, deprecatedStack)
	cmd := exec.Command(shared.Kubectl, "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace, "edit", aliasOf)
	cmd.Env = append(os.Environ(), `KUBE_EDITOR=sed -i "/^    servicePort:/d"`)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.NotContains(t, string(out), "was removed")
	assert.Equal(t, "80 ", k.get(t, aliasOf, ".spec.ollama.service.port} {.spec.ollama.servicePort"))
}
