// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A child of another object is not changed.
func TestNameConflictWithAnotherObject(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, strings.ReplaceAll(minimal, "NAME", "first"))
	k.ready(t, "first")
	uid := k.get(t, "ollamadeployment/first", ".metadata.uid")
	k.ok(t, `
apiVersion: v1
kind: Service
metadata:
  name: second-ollama
  ownerReferences: [{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, name: first, uid: `+uid+`, controller: true}]
spec: {ports: [{port: 1234}]}
`, "apply", "-f", "-")
	k.apply(t, strings.ReplaceAll(minimal, "NAME", "second"))
	k.condition(t, "second", "Ready", "False", "NameConflict", `Service "second-ollama" exists and does not belong to this OllamaDeployment`)
	assert.Equal(t, "1234", k.get(t, "service/second-ollama", ".spec.ports[0].port"))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, k.ok(t, "", "events", "--for=ollamadeployment/second"), "NameConflict")
	}, patience, tick)
	k.condition(t, "first", "Ready", "True", "AllReplicasReady", "")
}

const minimal = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: NAME}
spec: {ollama: {models: ["llama2:7b"]}}
`

// Children that are being deleted are not a conflict for an object that is created again.
func TestReplaceForce(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	uid := k.get(t, "deployment/stack-ollama", ".metadata.uid")
	k.ok(t, stack, "replace", "--force", "-f", "-")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r := k.run(t, "", "get", "deployment/stack-ollama", "-o", "jsonpath={.metadata.uid}")
		assert.Zero(c, r.Code)
		assert.NotEqual(c, uid, r.Stdout)
	}, patience, tick)
	k.ready(t, "stack")
	assert.NotContains(t, k.ok(t, "", "events", "--for=ollamadeployment/stack"), "NameConflict")
}

// Orphaned children are adopted.
func TestOrphansAreAdopted(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	uid, key := k.get(t, "deployment/stack-ollama", ".metadata.uid"), k.get(t, "secret/stack-tabby", ".data")
	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=orphan")
	assert.Empty(t, k.get(t, "deployment/stack-ollama", ".metadata.ownerReferences"))
	k.apply(t, stack)
	k.ready(t, "stack")
	assert.Equal(t, uid, k.get(t, "deployment/stack-ollama", ".metadata.uid"))
	assert.Equal(t, key, k.get(t, "secret/stack-tabby", ".data"))
	k.eventually(t, "deployment/stack-ollama", ".metadata.ownerReferences[0].name", "stack")
}

// Orphaned children that the next object of the name does not use are deleted, but not their Secret, and not what somebody
// else has put in the place of one.
func TestOrphansThatAreNotUsed(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	key := k.get(t, "secret/stack-tabby", ".data")
	k.ok(t, "", "get", "configmap/stack-tabby")
	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=orphan")
	k.apply(t, strings.ReplaceAll(minimal, "NAME", "stack"))
	k.tabbyVanishes(t, "deployments,services,configmaps")
	k.eventually(t, "secret/stack-tabby", ".metadata.ownerReferences[0].name", "stack")

	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"tabby":{"enabled":true}}}`)
	k.ready(t, "stack")
	assert.Equal(t, key, k.get(t, "secret/stack-tabby", ".data"), "the component goes on with its key")
	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=orphan")
	k.ok(t, "", "delete", "configmap", "stack-tabby")
	k.ok(t, "", "create", "configmap", "stack-tabby")
	k.ok(t, "", "label", "configmap", "stack-tabby", "ollama-deployment=stack", "app.kubernetes.io/component=tabby", "app.kubernetes.io/managed-by=llm-operator")
	k.apply(t, strings.ReplaceAll(minimal, "NAME", "stack"))
	k.tabbyVanishes(t, "deployments,services")
	k.ok(t, "", "get", "configmap/stack-tabby")
}

// tabbyVanishes waits until the namespace has no objects of these kinds for Tabby.
func (k kubectl) tabbyVanishes(t *testing.T, kinds string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, k.ok(t, "", "get", kinds, "-l", "app.kubernetes.io/component=tabby", "-o", "name"))
	}, patience, tick)
}

// The operator does not block the deletion of a namespace.
func TestNamespaceDeletion(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	k.ok(t, "", "delete", "namespace", k.namespace, "--timeout="+patience.String())
}

// A new object is Pending before it is reconciled.
func TestNewObjectIsPending(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	phase := k.ok(t, strings.ReplaceAll(minimal, "NAME", "new"), "create", "-f", "-", "-o", "jsonpath={.status.phase}")
	assert.Equal(t, "Pending", phase)
}
