// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const storedObject = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}
`

const readyReason = `.status.conditions[?(@.type=="Ready")].reason`

// A size that the API server rejects can be reduced to the capacity again.
func TestStorageExpansionIsRejected(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "create", "quota", "storage", "--hard=requests.storage=2Gi")
	k.apply(t, storedObject)
	k.ready(t, "stack")
	k.eventually(t, "ollamadeployment/stack", ".status.ollamaStatus.storageCapacity", "1Gi")
	storage := func(size string) []string {
		return []string{"patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"requests":{"storage":"` + size + `"}}}}}`}
	}
	k.ok(t, "", storage("5Gi")...)
	k.eventually(t, "ollamadeployment/stack", readyReason, "ApplyFailed")
	r := k.run(t, "", storage("500Mi")...)
	assert.Contains(t, r.Stderr, "spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 1Gi, because a PersistentVolumeClaim can only grow")
	k.ok(t, "", storage("1Gi")...)
	k.ready(t, "stack")

	k.ok(t, "", storage("2Gi")...)
	k.eventually(t, "persistentvolumeclaim/stack-ollama", ".spec.resources.requests.storage", "2Gi")
	k.ok(t, "", storage("1Gi")...) // allowed, because the volume has not grown yet
	k.ready(t, "stack")
	assert.Equal(t, "2Gi", k.get(t, "persistentvolumeclaim/stack-ollama", ".spec.resources.requests.storage"), "the claim's request is not reduced")
}

// Limits are not set on the claim, of which Kubernetes only allows the request to change.
func TestStorageLimit(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.apply(t, storedObject)
	k.ready(t, "stack")
	for _, limit := range []string{`"5Gi"`, `"6Gi"`, `null`} {
		k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"limits":{"storage":`+limit+`}}}}}`)
		generation := k.get(t, "ollamadeployment/stack", ".metadata.generation")
		k.eventually(t, "ollamadeployment/stack", ".status.observedGeneration", generation)
		k.ready(t, "stack")
	}
	assert.Empty(t, k.get(t, "persistentvolumeclaim/stack-ollama", ".spec.resources.limits"))
}

// A limit that an earlier version set on the claim is preserved, and the claim can grow.
func TestStorageLimitOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, `
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: stack-ollama
  labels: {ollama-deployment: stack, app.kubernetes.io/managed-by: llm-operator}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}, limits: {storage: 5Gi}}
`, "apply", "--server-side", "--field-manager=llm-operator", "-f", "-")
	k.apply(t, storedObject)
	k.ready(t, "stack")
	k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"requests":{"storage":"2Gi"}}}}}`)
	k.eventually(t, "persistentvolumeclaim/stack-ollama", ".spec.resources.requests.storage} {.spec.resources.limits.storage", "2Gi 5Gi")
	k.ready(t, "stack")
}
