// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	certutil "k8s.io/client-go/util/cert"
)

// authorities returns a ConfigMap in YAML with the certificate of a new authority.
func authorities(t *testing.T, name string) string {
	t.Helper()
	certificate, _, err := certutil.GenerateSelfSignedCertKey("registry.example.com", nil, nil)
	require.NoError(t, err)
	text := strings.ReplaceAll(strings.TrimSpace(string(certificate)), "\n", "\n    ")
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata:\n  ca.crt: |\n    " + text + "\n"
}

// Pods are replaced when the authorities that they trust change, which the operator sees when it next
// looks. It never writes the ConfigMap.
func TestTrust(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const hash = `.spec.template.metadata.annotations.llm\.geeper\.io/trust-hash`
	k.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: trusting}
spec:
  trust: {configMapRef: {name: corporate}}
  ollama: {models: ["llama3.2:3b"]}
  openwebui: {enabled: true}
`)
	const reason = `.status.conditions[?(@.type=="Ready")]['reason','message']`
	k.eventually(t, "ollamadep/trusting", reason, `TrustNotUsable ConfigMap "corporate" of spec.trust does not exist`)
	assert.False(t, k.exists(t, "deployment/trusting-ollama"))

	k.ok(t, authorities(t, "corporate"), "create", "-f", "-")
	k.ready(t, "trusting")
	first := k.get(t, "deployment/trusting-ollama", hash)
	assert.Len(t, first, 16)
	assert.Equal(t, first, k.get(t, "deployment/trusting-openwebui", hash))

	k.ok(t, authorities(t, "corporate"), "replace", "-f", "-")
	k.ok(t, "", "delete", "service", "trusting-ollama") // which has the object reconciled
	require.Eventually(t, func() bool { return k.get(t, "deployment/trusting-ollama", hash) != first }, patience, tick)
	k.ready(t, "trusting")
	for _, write := range k.writes(t) {
		assert.NotContains(t, write, "configmaps corporate")
	}
	version := k.get(t, "configmap/corporate", ".metadata.managedFields[*].manager")
	assert.NotContains(t, version, "llm-operator")

	k.ok(t, "", "patch", "ollamadep", "trusting", "--type=json", "-p", `[{"op": "remove", "path": "/spec/trust"}]`)
	require.Eventually(t, func() bool { return k.get(t, "deployment/trusting-ollama", hash) == "" }, patience, tick)
	k.ready(t, "trusting")
}

// A change of the registries changes the ConfigMap that the pods read, and replaces no pod.
func TestSourceRestartsNothing(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, withModels("sourced", `["llama3.2:3b"]`))
	k.ready(t, "sourced")
	before := k.get(t, "deployment/sourced-ollama", ".metadata.generation")
	k.ok(t, "", "patch", "ollamadep", "sourced", "--type=merge", "-p",
		`{"spec": {"ollama": {"models": ["llama3.2:3b", "llama3.1:8b"], "source": {"mirror": "mirror.example.com"}}}}`)
	k.ready(t, "sourced")
	assert.Contains(t, k.get(t, "configmap/sourced-ollama", ".data.sources"), "llama3.1:8b\tmirror.example.com/library/llama3.1:8b\tllama3.1:8b\t\n")
	assert.Equal(t, before, k.get(t, "deployment/sourced-ollama", ".metadata.generation"))
}
