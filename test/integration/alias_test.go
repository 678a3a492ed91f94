// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	alias   = "deployment.llm.geeper.io/stack"
	aliasOf = "ollamadeployment.llm.geeper.io/stack"
)

const aliased = `
apiVersion: llm.geeper.io/v1alpha1
kind: Deployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], servicePort: 80}
  openwebui: {enabled: true}
`

// The alias has an OllamaDeployment of the same name, which follows its spec, reports its status there,
// and is deleted with it. Changes of the OllamaDeployment are reverted.
func TestAlias(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	r := k.run(t, aliased, "apply", "-f", "-")
	assert.Zero(t, r.Code, r.Stderr)
	assert.Contains(t, r.Stderr, `Warning: kind: deprecated; use "OllamaDeployment" instead; also deprecated: ollama.servicePort`)
	k.eventually(t, alias, ".status.phase", "Ready")
	k.eventually(t, aliasOf, ".status.phase", "Ready")
	assert.Equal(t, k.get(t, aliasOf, ".status.ready"), k.get(t, alias, ".status.ready"))
	assert.Equal(t, "80", k.get(t, aliasOf, ".spec.ollama.service.port"))
	assert.Empty(t, k.get(t, aliasOf, ".spec.ollama.servicePort"), "the OllamaDeployment has no deprecated fields")
	assert.Equal(t, "80", k.get(t, "service/stack-ollama", ".spec.ports[0].port"))

	k.ok(t, "", "patch", aliasOf, "--type=merge", "-p", `{"spec":{"openwebui":{"replicas":3},"tabby":{"enabled":true}}}`)
	k.eventually(t, aliasOf, ".spec.openwebui.replicas", "1")
	k.eventually(t, aliasOf, ".spec.tabby", "")

	k.apply(t, strings.Replace(aliased, "enabled: true", "enabled: true, replicas: 2", 1))
	k.eventually(t, alias, ".status.ready", "3/3")
	k.ok(t, "", "scale", "deployments.llm.geeper.io/stack", "--replicas=2")
	k.eventually(t, alias, ".status.ready", "4/4")
	k.eventually(t, alias, ".status.observedGeneration", k.get(t, alias, ".metadata.generation"))

	k.ok(t, "", "delete", aliasOf)
	k.eventually(t, alias, ".status.ready", "4/4")
	k.ok(t, "", "delete", alias)
	k.ok(t, "", "wait", "--for=delete", aliasOf, "--timeout="+patience.String())
	k.ok(t, "", "wait", "--for=delete", "deployment/stack-ollama", "--timeout="+patience.String())
}

// The alias has the same admission, and errors name its kind.
func TestAliasIsValidated(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	r := k.run(t, strings.Replace(aliased, "llama2:7b", "llama2", 1), "apply", "-f", "-")
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, `The Deployment "stack" is invalid: spec.ollama.models[0]: Invalid value: "llama2": has no tag`)
	assert.Equal(t, "8080", k.ok(t, aliased, "apply", "--dry-run=server", "-f", "-", "-o", "jsonpath={.spec.openwebui.service.port}"))
}

// An alias does not change an existing OllamaDeployment of the same name.
func TestAliasNameConflict(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	generation := k.get(t, aliasOf, ".metadata.generation")
	k.apply(t, aliased)
	k.eventually(t, alias, `.status.conditions[?(@.type=="Ready")].reason`, "NameConflict")
	assert.Contains(t, k.get(t, alias, `.status.conditions[?(@.type=="Ready")].message`),
		`OllamaDeployment "stack" exists and does not belong to this Deployment`)
	k.ok(t, "", "delete", alias)
	assert.Equal(t, generation, k.get(t, aliasOf, ".metadata.generation"))
}

// "kubectl get deployments" lists the Deployments of apps/v1.
func TestDeploymentsMeansApps(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, aliased)
	k.eventually(t, alias, ".status.phase", "Ready")
	for _, name := range []string{"deployments", "deployment", "deploy"} {
		got := k.ok(t, "", "get", name, "-o", "name")
		assert.Contains(t, got, "deployment.apps/stack-ollama", name)
		assert.NotContains(t, got, "llm.geeper.io", name)
	}
}

// waitForGarbageCollector waits until the garbage collector knows our kinds. It looks for new kinds every
// 30 seconds, and does not orphan or delete dependents of unknown ones.
func waitForGarbageCollector(t *testing.T) {
	t.Helper()
	garbageCollectorOnce.Do(func() {
		k := kubectl{namespace: "garbage"}
		k.ok(t, "", "create", "namespace", k.namespace)
		t.Cleanup(func() { k.run(t, "", "delete", "namespace", k.namespace, "--wait=false") })
		k.apply(t, aliased)
		k.eventually(t, aliasOf, ".status.phase", "Ready")
		k.ok(t, "", "delete", alias)
		k.ok(t, "", "wait", "--for=delete", aliasOf, "--timeout="+patience.String())
	})
}

var garbageCollectorOnce sync.Once

// Migrating from the alias to OllamaDeployment restarts no pod.
func TestMigrationFromAlias(t *testing.T) {
	t.Parallel()
	waitForGarbageCollector(t)
	k := newKubectl(t)
	k.apply(t, aliased)
	k.eventually(t, alias, ".status.phase", "Ready")
	uid := k.get(t, "deployment/stack-ollama", ".metadata.uid")
	k.ok(t, "", "delete", alias, "--cascade=orphan")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, k.get(t, aliasOf, ".metadata.ownerReferences"))
	}, patience, tick)
	k.apply(t, strings.NewReplacer("kind: Deployment", "kind: OllamaDeployment", "servicePort: 80", "service: {port: 80}").Replace(aliased))
	k.ready(t, "stack")
	assert.Equal(t, uid, k.get(t, "deployment/stack-ollama", ".metadata.uid"))
	assert.Equal(t, "80", k.get(t, "service/stack-ollama", ".spec.ports[0].port"))
}
