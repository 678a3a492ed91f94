// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var resourceVersion = regexp.MustCompile(`(?m)^  resourceVersion: .*\n`)

// Derived defaults follow their source, whichever way the object is changed.
func TestDerivedDefaultsFollow(t *testing.T) {
	t.Parallel()
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], service: {port: 11434}}
  tabby: {enabled: true}
`
	changed := strings.NewReplacer("11434}", "80}, settings: {contextLength: 32768}", `"llama2:7b"`, `"llama2:7b", "codellama:13b"`).Replace(object)
	serverSide := []string{"apply", "--server-side", "-f", "-"}
	clientSide := []string{"apply", "-f", "-"}
	for name, tc := range map[string]struct {
		create []string
		change func(*testing.T, kubectl)
	}{
		"apply":       {clientSide, func(t *testing.T, k kubectl) { k.ok(t, changed, clientSide...) }},
		"server-side": {serverSide, func(t *testing.T, k kubectl) { k.ok(t, changed, serverSide...) }},
		"replace":     {[]string{"create", "-f", "-"}, func(t *testing.T, k kubectl) { k.replace(t, changed) }},
		"patch": {clientSide, func(t *testing.T, k kubectl) {
			k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p",
				`{"spec":{"ollama":{"models":["llama2:7b","codellama:13b"],"service":{"port":80},"settings":{"contextLength":32768}}}}`)
		}},
		// Controllers send the whole object as they read it.
		"update": {clientSide, func(t *testing.T, k kubectl) {
			text := k.ok(t, "", "get", "ollamadeployment", "stack", "-o", "yaml")
			text = resourceVersion.ReplaceAllString(text, "") // the operator may have written the status since
			text = strings.Replace(text, "    service:\n      port: 11434", "    service:\n      port: 80", 1)
			text = strings.Replace(text, "    - llama2:7b\n", "    - llama2:7b\n    - codellama:13b\n    settings:\n      contextLength: 32768\n", 1)
			k.replace(t, text)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.ok(t, object, tc.create...)
			const values = ".spec.tabby.ollamaServicePort} {.spec.tabby.modelName} {.spec.tabby.ollamaServiceName} {.spec.ollama.resources.requests.memory"
			assert.Equal(t, "11434 llama2:7b stack-ollama 6Gi", k.get(t, "ollamadeployment/stack", values))
			tc.change(t, k)
			assert.Equal(t, "80 codellama:13b stack-ollama 34Gi", k.get(t, "ollamadeployment/stack", values))
		})
	}
}

// Values that the user sets are preserved, even if they equal the derived ones.
func TestUserValuesArePreserved(t *testing.T) {
	t.Parallel()
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"]}
  tabby: {enabled: true, modelName: "llama2:7b", ollamaServicePort: 11434}
`
	changed := strings.Replace(object, `["llama2:7b"]`, `["llama2:7b", "codellama:13b"], service: {port: 80}`, 1)
	for name, flags := range map[string][]string{
		"client-side": nil,
		"server-side": {"--server-side"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			apply := append([]string{"apply", "-f", "-"}, flags...)
			k.ok(t, object, apply...)
			k.ok(t, changed, apply...)
			assert.Equal(t, "llama2:7b 11434", k.get(t, "ollamadeployment/stack", ".spec.tabby.modelName} {.spec.tabby.ollamaServicePort"))
			k.noDiff(t, changed, flags...)
		})
	}
}

// Replicas cannot change with a ReadWriteOnce claim, also not through /scale, which calls no webhook.
func TestReplicasWithReadWriteOnceClaim(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}
`)
	const want = "must stay 1 while"
	r := k.run(t, "", "scale", "ollamadeployment", "stack", "--replicas=2")
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, want)
	r = k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"replicas":2}}}`)
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, "spec.ollama.replicas: Forbidden: "+want)
	k.ok(t, "", "scale", "ollamadeployment", "stack", "--replicas=1")
}
