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
	alias = "deployment.llm.geeper.io/stack"
	kept  = "ollamadeployment.llm.geeper.io/stack"
)

const aliased = `
apiVersion: llm.geeper.io/v1alpha1
kind: Deployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], servicePort: 80}
  openwebui: {enabled: true}
`

// One OllamaDeployment is kept for the alias: it follows, is put back, shows its
// status there, and goes with it.
func TestAlias(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	r := k.run(t, aliased, "apply", "-f", "-")
	assert.Zero(t, r.Code, r.Stderr)
	assert.Contains(t, r.Stderr, `Warning: kind: deprecated; use "OllamaDeployment" instead; also deprecated: ollama.servicePort`)
	k.eventually(t, alias, ".status.phase", "Ready")
	k.eventually(t, kept, ".status.phase", "Ready")
	assert.Equal(t, k.get(t, kept, ".status.ready"), k.get(t, alias, ".status.ready"))
	assert.Equal(t, "80", k.get(t, kept, ".spec.ollama.service.port"))
	assert.Empty(t, k.get(t, kept, ".spec.ollama.servicePort"), "the OllamaDeployment has today's spelling")
	assert.Equal(t, "80", k.get(t, "service/stack-ollama", ".spec.ports[0].port"))

	k.ok(t, "", "patch", kept, "--type=merge", "-p", `{"spec":{"openwebui":{"replicas":3},"tabby":{"enabled":true}}}`)
	k.eventually(t, kept, ".spec.openwebui.replicas", "1")
	k.eventually(t, kept, ".spec.tabby", "")

	k.apply(t, strings.Replace(aliased, "enabled: true", "enabled: true, replicas: 2", 1))
	k.eventually(t, alias, ".status.ready", "3/3")
	k.ok(t, "", "scale", "deployments.llm.geeper.io/stack", "--replicas=2")
	k.eventually(t, alias, ".status.ready", "4/4")
	k.eventually(t, alias, ".status.observedGeneration", k.get(t, alias, ".metadata.generation"))

	k.ok(t, "", "delete", kept)
	k.eventually(t, alias, ".status.ready", "4/4")
	k.ok(t, "", "delete", alias)
	k.ok(t, "", "wait", "--for=delete", kept, "--timeout="+patience.String())
	k.ok(t, "", "wait", "--for=delete", "deployment/stack-ollama", "--timeout="+patience.String())
}

// The alias has the same admission, under its own name.
func TestAliasIsRefused(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	r := k.run(t, strings.Replace(aliased, "llama2:7b", "llama2", 1), "apply", "-f", "-")
	assert.Equal(t, 1, r.Code)
	assert.Contains(t, r.Stderr, `The Deployment "stack" is invalid: spec.ollama.models[0]: Invalid value: "llama2": has no tag`)
	assert.Equal(t, "8080", k.ok(t, aliased, "apply", "--dry-run=server", "-f", "-", "-o", "jsonpath={.spec.openwebui.service.port}"))
}

// Two objects of one name do not fight: the alias says that it came second.
func TestAliasOfAnother(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	generation := k.get(t, kept, ".metadata.generation")
	k.apply(t, aliased)
	k.eventually(t, alias, `.status.conditions[?(@.type=="Ready")].reason`, "NameConflict")
	assert.Contains(t, k.get(t, alias, `.status.conditions[?(@.type=="Ready")].message`),
		`OllamaDeployment "stack" exists and does not belong to this Deployment`)
	k.ok(t, "", "delete", alias)
	assert.Equal(t, generation, k.get(t, kept, ".metadata.generation"))
}

// "kubectl get deployments" still means those of apps/v1.
func TestDeploymentsAreThoseOfApps(t *testing.T) {
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

// collected waits until the garbage collector knows our kinds: it looks for new ones
// twice a minute only, and lets nothing go that it does not know.
func collected(t *testing.T) {
	t.Helper()
	collectedOnce.Do(func() {
		k := kubectl{namespace: "garbage"}
		k.ok(t, "", "create", "namespace", k.namespace)
		t.Cleanup(func() { k.run(t, "", "delete", "namespace", k.namespace, "--wait=false") })
		k.apply(t, aliased)
		k.eventually(t, kept, ".status.phase", "Ready")
		k.ok(t, "", "delete", alias)
		k.ok(t, "", "wait", "--for=delete", kept, "--timeout="+patience.String())
	})
}

var collectedOnce sync.Once

// From the alias to the kind of today, without a pod being replaced.
func TestAliasIsLeftBehind(t *testing.T) {
	t.Parallel()
	collected(t)
	k := newKubectl(t)
	k.apply(t, aliased)
	k.eventually(t, alias, ".status.phase", "Ready")
	uid := k.get(t, "deployment/stack-ollama", ".metadata.uid")
	k.ok(t, "", "delete", alias, "--cascade=orphan")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, k.get(t, kept, ".metadata.ownerReferences"))
	}, patience, tick)
	k.apply(t, strings.NewReplacer("kind: Deployment", "kind: OllamaDeployment", "servicePort: 80", "service: {port: 80}").Replace(aliased))
	k.ready(t, "stack")
	assert.Equal(t, uid, k.get(t, "deployment/stack-ollama", ".metadata.uid"))
	assert.Equal(t, "80", k.get(t, "service/stack-ollama", ".spec.ports[0].port"))
}
