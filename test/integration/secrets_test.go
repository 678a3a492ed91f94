// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// With storage, the claim owns the Secret that its data need, also if the Secret existed before.
func TestSecretOfStorage(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	const secret, owner = "secret/stack-openwebui", ".metadata.ownerReferences[*].kind"
	uid := k.get(t, secret, ".metadata.uid")
	assert.Equal(t, "OllamaDeployment", k.get(t, secret, owner))
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":{"resources":{"requests":{"storage":"1Gi"}}}}}`)
	k.eventually(t, secret, owner, "PersistentVolumeClaim")
	k.ready(t, "stack")
	assert.Equal(t, "OllamaDeployment", k.get(t, "secret/stack-tabby", owner), "it has no storage")

	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=foreground")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		remaining := k.ok(t, "", "get", children, "-l", "ollama-deployment=stack", "-o", "name")
		assert.Equal(c, "secret/stack-openwebui\npersistentvolumeclaim/stack-openwebui\n", remaining)
	}, patience, tick)
	k.apply(t, stack)
	k.ready(t, "stack")
	assert.Equal(t, uid, k.get(t, secret, ".metadata.uid"))

	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=foreground")
	k.ok(t, "", "delete", "persistentvolumeclaim", "stack-openwebui", "--wait=false")
	k.run(t, "", "patch", "persistentvolumeclaim", "stack-openwebui", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	k.ok(t, "", "wait", "--for=delete", secret, "--timeout="+patience.String())
}

// Replacing a Secret restarts only the pods that use it.
func TestReplacedSecret(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, stack)
	k.ready(t, "stack")
	const hash = `.spec.template.metadata.annotations.llm\.geeper\.io/secret-hash`
	// rollouts returns the revision of each Deployment.
	rollouts := func() (all []string) {
		for _, name := range []string{"ollama", "openwebui", "tabby"} {
			all = append(all, k.get(t, "deployment/stack-"+name, `.metadata.annotations.deployment\.kubernetes\.io/revision`))
		}
		return all
	}
	before := rollouts()

	// A Deployment of an earlier version has no annotations, which are added without a rollout.
	k.ok(t, "", "annotate", "deployment/stack-openwebui", "llm.geeper.io/first-secret-hash-", "llm.geeper.io/mounted-")
	k.eventually(t, "deployment/stack-openwebui", `.metadata.annotations.llm\.geeper\.io/mounted`, k.get(t, "secret/stack-openwebui", ".metadata.uid"))
	assert.Equal(t, before, rollouts())
	assert.Empty(t, k.get(t, "deployment/stack-openwebui", hash))

	k.ok(t, "", "delete", "secret/stack-openwebui", "service/stack-openwebui")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NotEmpty(c, k.get(t, "deployment/stack-openwebui", hash))
	}, patience, tick)
	k.ok(t, "", "rollout", "status", "deployment/stack-openwebui", "--timeout="+patience.String())
	k.ready(t, "stack")
	first := k.get(t, "deployment/stack-openwebui", hash)

	k.ok(t, "", "patch", "secret/stack-openwebui", "--type=merge", "-p", `{"stringData":{"WEBUI_SECRET_KEY":"edited"}}`)
	k.ok(t, "", "delete", "service/stack-openwebui")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NotEqual(c, first, k.get(t, "deployment/stack-openwebui", hash))
	}, patience, tick)
	k.atRest(t)
	after := rollouts()
	assert.NotEqual(t, before[1], after[1])
	assert.Equal(t, []string{before[0], before[2]}, []string{after[0], after[2]})
}
