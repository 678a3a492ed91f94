// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unchecked is a patch that exempts namespaces with the label "unchecked" from a webhook.
const unchecked = `[{"op":"add","path":"/webhooks/0/namespaceSelector","value":{"matchExpressions":[{"key":"unchecked","operator":"DoesNotExist"}]}}]`

// uncheckedStack has a duplicate model, and TLS hosts that do not cover the host.
const uncheckedStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b", "library/llama2:7b"]}
  openwebui: {enabled: true, ingress: {host: chat.example.com, tls: {hosts: [other.example.com]}}}
`

// earlierStack has the defaults of an earlier version, without those of the ingress and the requests.
const earlierStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: KIND
metadata: {name: NAME}
spec:
  ollama: {models: ["llama2:7b"], replicas: 1, image: ollama/ollama, imageTag: "1", service: {type: ClusterIP, port: 11434}}
  openwebui: {enabled: true, replicas: 1, image: webui, imageTag: "1", service: {type: ClusterIP, port: 8080}}
  tabby: {enabled: true, replicas: 1, image: tabby, imageTag: "1", service: {type: ClusterIP, port: 8080}, ingress: {enabled: false}, ollamaServiceName: NAME-ollama}
`

// An object that was stored without admission has no children until the operator has it admitted. The
// same applies to an object without a new default. Its errors are tolerated when other fields change.
func TestStoredWithoutAdmission(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "patch", "mutatingwebhookconfiguration", "mutating-webhook-configuration", "--type=json", "-p", unchecked)
	k.ok(t, "", "patch", "validatingwebhookconfiguration", "validating-webhook-configuration", "--type=json", "-p", unchecked)
	k.ok(t, "", "label", "namespace", k.namespace, "unchecked=")
	// The API server rejects the object until it has observed the new selector.
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, uncheckedStack, "create", "-f", "-")
		assert.Zero(c, r.Code, r.Stderr)
	}, patience, tick)
	k.ok(t, strings.NewReplacer("KIND", "OllamaDeployment", "NAME", "earlier").Replace(earlierStack), "create", "-f", "-")
	k.ok(t, strings.NewReplacer("KIND", "Deployment", "NAME", "alias").Replace(earlierStack), "create", "-f", "-")
	for _, name := range []string{"ollamadeployment/stack", "ollamadeployment/earlier", "deployments.llm.geeper.io/alias"} {
		k.eventually(t, name, `.status.conditions[?(@.type=="Ready")].reason`, "NotAdmitted")
	}
	assert.False(t, k.exists(t, "deployment.apps/stack-ollama"))

	k.ok(t, "", "label", "namespace", k.namespace, "unchecked-")
	k.ready(t, "stack")
	k.ready(t, "earlier")
	k.ready(t, "alias")
	const defaults = ".spec.ollama.resources.requests.memory} {.spec.openwebui.ingress.enabled} {.spec.tabby.modelName} {.spec.tabby.ollamaServicePort"
	assert.Equal(t, "6Gi false llama2:7b 11434", k.get(t, "ollamadeployment/earlier", defaults))
	assert.Equal(t, "6Gi false llama2:7b 11434", k.get(t, "deployments.llm.geeper.io/alias", defaults))
	k.ok(t, "", "patch", "ollamadeployment", "earlier", "--type=merge", "-p", `{"spec":{"ollama":{"models":["codellama:13b"],"service":{"port":80}}}}`)
	assert.Equal(t, "10Gi false codellama:13b 80", k.get(t, "ollamadeployment/earlier", defaults), "derived defaults that nobody owns follow")

	r := k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"replicas":2}}}`)
	assert.Zero(t, r.Code, r.Stderr)
	assert.Contains(t, r.Stderr, "Warning: spec.ollama.models[1]: Duplicate value")
	assert.Contains(t, r.Stderr, "spec.openwebui.ingress.tls.hosts: Invalid value")
	assert.Contains(t, r.Stderr, "(tolerated, because the stored object has it too)")
	k.ready(t, "stack")

	r = k.run(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"ingress":{"host":"third.example.com"}}}}`)
	assert.Equal(t, 1, r.Code, "a changed error is not tolerated")
	assert.Contains(t, r.Stderr, "spec.openwebui.ingress.tls.hosts: Invalid value")
}
