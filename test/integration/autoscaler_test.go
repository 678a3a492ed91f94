// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A HorizontalPodAutoscaler controls the replicas of a Deployment while it exists. Zero pods are not
// Ready.
func TestAutoscaler(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")

	// Without an autoscaler, scaling is reverted.
	const three = `{"spec":{"replicas":3}}`
	k.ok(t, "", "patch", "deployment/stack-openwebui", "--subresource=scale", "--field-manager=theirs", "--type=merge", "-p", three)
	k.eventually(t, "deployment/stack-openwebui", ".spec.replicas", "1")

	k.ok(t, "", "scale", "ollamadeployment/stack", "--replicas=2")
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "2")
	k.ok(t, "", "autoscale", "deployment/stack-ollama", "--min=3", "--max=4", "--cpu=80%")
	k.eventually(t, "ollamadeployment/stack", ".status.ready", "5/5")
	k.ok(t, "", "scale", "ollamadeployment/stack", "--replicas=1")
	k.eventually(t, "ollamadeployment/stack", ".status.observedGeneration", k.get(t, "ollamadeployment/stack", ".metadata.generation"))
	k.atRest(t)
	assert.Equal(t, "3", k.get(t, "deployment/stack-ollama", ".spec.replicas"))

	k.ok(t, "", "patch", "deployment/stack-ollama", "--subresource=scale", "--field-manager=theirs", "--type=merge", "-p", `{"spec":{"replicas":0}}`)
	k.condition(t, "stack", "Ready", "False", "ReplicasNotReady", "ollama is scaled to 0 pods")

	k.ok(t, "", "delete", "horizontalpodautoscaler", "stack-ollama")
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "1")
	k.ready(t, "stack")
}

// Replicas do not change before the autoscaler sets them.
func TestAutoscalerBeforeScaling(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ok(t, "", "scale", "ollamadeployment/stack", "--replicas=3")
	k.eventually(t, "ollamadeployment/stack", ".status.ready", "5/5")
	generation := k.get(t, "deployment/stack-ollama", ".metadata.generation")
	k.ok(t, "", "autoscale", "deployment/stack-ollama", "--min=1", "--max=4", "--cpu=80%")
	k.atRest(t)
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"replicas":2}}}`)
	k.atRest(t)
	assert.Equal(t, generation, k.get(t, "deployment/stack-ollama", ".metadata.generation"))
}

// An autoscaler of an alias's OllamaDeployment controls its replicas while it exists.
func TestAutoscalerOfAlias(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, aliased)
	k.eventually(t, alias, ".status.phase", "Ready")
	k.ok(t, "", "autoscale", "ollamadeployment/stack", "--min=2", "--max=3", "--cpu=80%")
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "2")
	k.atRest(t)
	assert.Equal(t, "2", k.get(t, aliasOf, ".spec.ollama.replicas"))
	assert.Equal(t, "1", k.get(t, alias, ".spec.ollama.replicas"))
	k.ok(t, "", "delete", "horizontalpodautoscaler", "stack")
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "1")
}
