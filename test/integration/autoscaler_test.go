// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Replicas are an autoscaler's while there is one, and the spec's otherwise. No pods
// are not Ready.
func TestAutoscaler(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")

	// Whoever scales is no autoscaler.
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

// Before an autoscaler has set anything, the replicas stay as they are.
func TestAutoscalerThatDoesNothing(t *testing.T) {
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

// An autoscaler of the object that an alias keeps sets its replicas; when it goes, the
// alias does.
func TestAutoscalerOfAliased(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, aliased)
	k.eventually(t, alias, ".status.phase", "Ready")
	k.ok(t, "", "autoscale", "ollamadeployment/stack", "--min=2", "--max=3", "--cpu=80%")
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "2")
	k.atRest(t)
	assert.Equal(t, "2", k.get(t, kept, ".spec.ollama.replicas"))
	assert.Equal(t, "1", k.get(t, alias, ".spec.ollama.replicas"))
	k.ok(t, "", "delete", "horizontalpodautoscaler", "stack")
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "1")
}
