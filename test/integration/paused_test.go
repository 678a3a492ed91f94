// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// While an object is paused, only its status is written, which names what is not applied. When it is resumed, all
// of that is applied.
func TestPaused(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	pause := func(patch string) {
		k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":`+patch+`}`)
	}
	pause(`{"paused":true}`)
	k.condition(t, "stack", "Progressing", "False", "Paused", "spec.paused is true; everything is applied")
	k.condition(t, "stack", "Ready", "True", "AllReplicasReady", "")
	before := k.atRest(t)

	pause(`{"ollama":{"imageTag":"1","models":["codellama:7b","llama2:7b"]},"openwebui":{"ingress":{"enabled":false}}}`)
	k.ok(t, "", "delete", "service/stack-tabby")
	k.condition(t, "stack", "Ready", "False", "Paused",
		`spec.paused is true; not applied: ConfigMap "stack-ollama", Deployment "stack-ollama", ConfigMap "stack-tabby", Service "stack-tabby", `+
			`Deployment "stack-tabby"; not deleted: Ingress "stack-openwebui"`)
	for _, write := range k.atRest(t)[len(before):] {
		assert.Equal(t, "patch ollamadeployments/status stack", write)
	}
	assert.Equal(t, "ollama/ollama:latest", k.get(t, "deployment/stack-ollama", ".spec.template.spec.containers[0].image"))
	assert.False(t, k.exists(t, "service/stack-tabby"))
	assert.True(t, k.exists(t, "ingress/stack-openwebui"))
	shown, stderr, code := k.plugin("status", "stack")
	assert.Zero(t, code, stderr)
	assert.Contains(t, shown, "\npaused: the operator changes nothing until spec.paused is removed\n")
	assert.Contains(t, shown, `not deleted: Ingress "stack-openwebui"`)

	pause(`{"paused":null}`)
	k.ready(t, "stack")
	k.condition(t, "stack", "Progressing", "False", "RolloutComplete", "")
	assert.Equal(t, "ollama/ollama:1", k.get(t, "deployment/stack-ollama", ".spec.template.spec.containers[0].image"))
	assert.True(t, k.exists(t, "service/stack-tabby"))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		events := k.ok(t, "", "events", "--for=ollamadeployment/stack")
		assert.Contains(c, events, "Paused")
		assert.Contains(c, events, "Resumed")
		assert.NotContains(c, events, "Warning")
	}, patience, tick)
}

// An object that is paused from the start has no children, and can be deleted like any other. The alias passes the
// field on.
func TestPausedFromTheStart(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, strings.NewReplacer("NAME", "a", "spec: {", "spec: {paused: true, ").Replace(minimal))
	k.apply(t, strings.NewReplacer("NAME", "b", "spec: {", "spec: {paused: true, ", "kind: OllamaDeployment", "kind: Deployment").Replace(minimal))
	for _, name := range []string{"a", "b"} {
		k.condition(t, name, "Ready", "False", "Paused",
			`not applied: ConfigMap "`+name+`-ollama", Service "`+name+`-ollama", Deployment "`+name+`-ollama"`)
	}
	k.eventually(t, "deployments.llm.geeper.io/b", `.status.conditions[?(@.type=="Progressing")].reason`, "Paused")
	k.atRest(t)
	assert.Empty(t, k.ok(t, "", "get", children, "-l", "ollama-deployment", "-o", "name"))
	k.ok(t, "", "patch", "deployments.llm.geeper.io/b", "--type=merge", "-p", `{"spec":{"paused":false}}`)
	k.ready(t, "b")
	k.ok(t, "", "delete", "ollamadeployment/a", "--timeout="+patience.String())
}
