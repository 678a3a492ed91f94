// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Models on a claim that the user provides outlive their pods and their object: nothing is pulled twice,
// and the claim stays as the user made it.
func TestExistingClaim(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("given:1b", 1_000_000))
	s.addVolume(t, corev1.ReadWriteOnce)
	key := client.ObjectKey{Namespace: s.namespace, Name: "models"}
	require.NoError(t, s.client.Create(t.Context(), &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}))
	claim := func() *corev1.PersistentVolumeClaim {
		live := &corev1.PersistentVolumeClaim{}
		require.NoError(t, s.client.Get(t.Context(), key, live))
		return live
	}
	require.Eventually(t, func() bool { return claim().Status.Phase == corev1.ClaimBound }, patience, tick)
	before := claim()
	manifest := func(cpu string) string {
		return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: given}
spec:
  ollama:
    models: ["given:1b"]
    resources: {requests: {cpu: ` + cpu + `, memory: 64Mi}}
    storage: {existingClaim: models}
`
	}
	s.apply(t, manifest("20m"))
	s.ready(t, "given")
	first, requests := s.pod(t, "ollama"), shared.Models.Requests("given:1b")

	s.apply(t, manifest("21m"))
	s.ready(t, "given")
	assert.NotEqual(t, first.UID, s.pod(t, "ollama").UID)

	s.kubectl(t, "delete", "ollamadeployment", "given")
	require.Eventually(t, func() bool { return s.kubectl(t, "get", "pods", "-o", "name") == "" }, patience, tick)
	s.apply(t, manifest("20m"))
	s.ready(t, "given")
	assert.Equal(t, requests, shared.Models.Requests("given:1b"), "requests to the registry")

	after := claim()
	assert.Equal(t, before.UID, after.UID)
	assert.Equal(t, before.Spec, after.Spec)
	assert.Empty(t, after.Labels)
	assert.Empty(t, after.OwnerReferences)
	for _, entry := range after.ManagedFields {
		assert.NotEqual(t, "llm-operator", entry.Manager)
	}
	assert.Equal(t, "persistentvolumeclaim/models\n", s.kubectl(t, "get", "persistentvolumeclaims", "-o", "name"))
}
