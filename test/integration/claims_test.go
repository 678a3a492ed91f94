// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// givenStack has data in claims that the user provides.
const givenStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], storage: {existingClaim: models}}
  openwebui: {enabled: true, storage: {existingClaim: chats}}
`

// claimOf returns a claim in YAML.
func claimOf(name, mode string) string {
	return `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ` + name + `}, spec: {accessModes: [` + mode + `], resources: {requests: {storage: 1Gi}}}}`
}

// bound creates a claim, waits until it has a volume, and returns what there is of it.
func (k kubectl) bound(t *testing.T, name, mode string) string {
	t.Helper()
	k.ok(t, claimOf(name, mode), "create", "-f", "-")
	k.eventually(t, "persistentvolumeclaim/"+name, ".status.phase", "Bound")
	return k.claim(t, name)
}

// claim returns a claim's identity, spec and metadata that users see. Its version would say more, but
// kube-controller-manager notes in the status when the claim is used.
func (k kubectl) claim(t *testing.T, name string) string {
	t.Helper()
	return k.get(t, "persistentvolumeclaim/"+name, ".metadata['uid','labels','annotations','finalizers','ownerReferences']} {.spec")
}

// mountedClaim is the path of the claim of a Deployment's pods.
const mountedClaim = ".spec.template.spec.volumes[*].persistentVolumeClaim.claimName"

// Existing claims are mounted and never written, and neither they nor the Secret of their data are
// deleted with the object.
func TestExistingClaim(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	models, chats := k.bound(t, "models", "ReadWriteOnce"), k.bound(t, "chats", "ReadWriteOnce")
	untouched := func() {
		t.Helper()
		assert.Equal(t, models, k.claim(t, "models"))
		assert.Equal(t, chats, k.claim(t, "chats"))
		for _, write := range k.writes(t) {
			assert.NotContains(t, write, "persistentvolumeclaims")
		}
	}
	k.apply(t, givenStack)
	k.ready(t, "stack")
	assert.Equal(t, "models", k.get(t, "deployment/stack-ollama", mountedClaim))
	assert.Equal(t, "chats", k.get(t, "deployment/stack-openwebui", mountedClaim))
	assert.Equal(t, "Recreate", k.get(t, "deployment/stack-ollama", ".spec.strategy.type"))
	const secret, owner = "secret/stack-openwebui", ".metadata.ownerReferences[*]['kind','name']"
	assert.Equal(t, "PersistentVolumeClaim chats", k.get(t, secret, owner))
	uid := k.get(t, secret, ".metadata.uid")
	k.atRest(t)
	untouched()

	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=foreground")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, k.ok(t, "", "get", "deployments.apps,services,configmaps", "-l", "ollama-deployment=stack", "-o", "name"))
	}, patience, tick)
	untouched()
	k.apply(t, givenStack)
	k.ready(t, "stack")
	assert.Equal(t, uid, k.get(t, secret, ".metadata.uid"), "the data need the same key")
	untouched()
	assert.Equal(t, "persistentvolumeclaim/chats\npersistentvolumeclaim/models\n", k.ok(t, "", "get", "persistentvolumeclaims", "-o", "name"))
}

// The status names an existing claim that is missing, and the pods start once it is there.
func TestMissingExistingClaim(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.bound(t, "models", "ReadWriteOnce")
	k.apply(t, givenStack)
	k.condition(t, "stack", "Degraded", "True", "Unschedulable", `persistentvolumeclaim "chats" not found`)
	const secret, owner = "secret/stack-openwebui", ".metadata.ownerReferences[*].kind"
	k.eventually(t, secret, owner, "OllamaDeployment")
	k.bound(t, "chats", "ReadWriteOnce")
	k.ready(t, "stack")
	k.eventually(t, secret, owner, "PersistentVolumeClaim")
}

// Several replicas do not use an existing claim that only one can mount, and use one that is
// ReadWriteMany like a shared volume.
func TestReplicasOfAnExistingClaim(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	once := k.bound(t, "models", "ReadWriteOnce")
	k.bound(t, "shared", "ReadWriteMany")
	k.bound(t, "chats", "ReadWriteOnce")
	k.apply(t, givenStack)
	k.ready(t, "stack")
	k.ok(t, "", "scale", "ollamadeployment/stack", "--replicas=2")
	k.condition(t, "stack", "Ready", "False", "ClaimNotShareable", `PersistentVolumeClaim "models" is not ReadWriteMany, and ollama has 2 replicas`)
	assert.Equal(t, "1", k.get(t, "deployment/stack-ollama", ".spec.replicas"))
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"storage":{"existingClaim":"shared"}}}}`)
	k.eventually(t, "deployment/stack-ollama", ".spec.replicas", "2")
	k.ready(t, "stack")
	const variables = `.spec.template.spec.containers[0].env[?(@.name=="PULL_SHARED")].value`
	assert.Equal(t, "1", k.get(t, "deployment/stack-ollama", variables))
	assert.Equal(t, once, k.claim(t, "models"))
}

// retainedStack has a claim and a Secret that belongs to its data.
const retainedStack = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}
  openwebui: {enabled: true, resources: {requests: {storage: 1Gi}}, storage: {retain: false}}
`

// With retain: false the claim and the Secret of its data go with the object. Whether they do can be
// changed, even while the claim is not in use.
func TestRetain(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, retainedStack)
	k.ready(t, "stack")
	const claim, secret, owner = "persistentvolumeclaim/stack-openwebui", "secret/stack-openwebui", ".metadata.ownerReferences[*].kind"
	patch := func(spec string) {
		t.Helper()
		k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"openwebui":`+spec+`}}`)
	}
	assert.Equal(t, "OllamaDeployment", k.get(t, claim, owner))
	assert.Equal(t, "PersistentVolumeClaim", k.get(t, secret, owner))
	assert.Empty(t, k.get(t, "persistentvolumeclaim/stack-ollama", owner))
	uid := k.get(t, claim, ".metadata.uid")

	patch(`{"storage":{"retain":true}}`)
	k.eventually(t, claim, owner, "")
	patch(`{"storage":{"retain":false}}`)
	k.eventually(t, claim, owner, "OllamaDeployment")
	patch(`{"enabled":false}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) { assert.False(c, k.exists(t, "deployments.apps/stack-openwebui")) }, patience, tick)
	assert.Equal(t, "OllamaDeployment", k.get(t, claim, owner), "the claim goes with the object, not with its component")
	patch(`{"storage":null}`)
	k.eventually(t, claim, owner, "")
	patch(`{"storage":{"retain":false}}`)
	k.eventually(t, claim, owner, "OllamaDeployment")
	patch(`{"enabled":true,"storage":{"retain":true}}`)
	k.eventually(t, claim, owner, "")
	patch(`{"storage":{"retain":false}}`)
	k.eventually(t, claim, owner, "OllamaDeployment")
	k.ready(t, "stack")
	k.atRest(t)
	assert.Equal(t, uid, k.get(t, claim, ".metadata.uid"))

	k.ok(t, "", "delete", "ollamadeployment", "stack")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		// A claim is protected until kubelets have reported its pods as gone, and there are none.
		k.run(t, "", "patch", "persistentvolumeclaim", "stack-openwebui", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
		assert.Equal(c, "persistentvolumeclaim/stack-ollama\n", k.ok(t, "", "get", children, "-l", "ollama-deployment=stack", "-o", "name"))
	}, patience, tick)
}

// The class and the access modes of the claim are those of the spec, and stay what they are.
func TestClassOfClaim(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	const class = "kwok-volume" // the only one that KWOK provisions volumes of
	object := func(class string) string {
		return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}, storage: {className: ` + class + `, accessModes: [ReadWriteMany]}}
`
	}
	k.apply(t, object(class))
	k.ready(t, "stack")
	const claim, settings = "persistentvolumeclaim/stack-ollama", ".spec.storageClassName} {.spec.accessModes[*]"
	assert.Equal(t, class+" ReadWriteMany", k.get(t, claim, settings))
	assert.Equal(t, "RollingUpdate", k.get(t, "deployment/stack-ollama", ".spec.strategy.type"))

	r := k.run(t, object("other"), "apply", "-f", "-")
	assert.Contains(t, r.Stderr, `spec.ollama.storage.className: Forbidden: must stay "`+class+`" while the data are in the claim "stack-ollama", whose class cannot change`)
	k.ok(t, "", "scale", "ollamadeployment/stack", "--replicas=2")
	k.ready(t, "stack")

	k.ok(t, "", "delete", "ollamadeployment", "stack", "--cascade=foreground")
	k.apply(t, object("other"))
	k.ready(t, "stack")
	assert.Equal(t, class+" ReadWriteMany", k.get(t, claim, settings), "a retained claim is used as it is")
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"requests":{"storage":null}},"storage":null}}}`)
	k.eventually(t, "deployment/stack-ollama", mountedClaim, "")
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"requests":{"storage":"2Gi"}}}}}`)
	k.eventually(t, claim, ".spec.resources.requests.storage", "2Gi")
	k.ready(t, "stack")
}
