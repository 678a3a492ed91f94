// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// Models on a claim outlive their pods and their object: nothing is pulled twice.
func TestStorage(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("stored:1b", 1_000_000))
	s.addVolume(t, corev1.ReadWriteOnce)
	manifest := func(cpu string) string {
		return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stored}
spec:
  ollama:
    models: ["stored:1b"]
    resources: {requests: {cpu: ` + cpu + `, memory: 64Mi, storage: 1Gi}}
`
	}
	s.apply(t, manifest("20m"))
	s.ready(t, "stored")
	deployment := &appsv1.Deployment{}
	require.NoError(t, s.client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "stored-ollama"}, deployment))
	assert.Equal(t, appsv1.RecreateDeploymentStrategyType, deployment.Spec.Strategy.Type)
	before, requests := s.pod(t, "ollama"), shared.Models.Requests("stored:1b")

	s.apply(t, manifest("21m"))
	s.ready(t, "stored")
	assert.NotEqual(t, before.UID, s.pod(t, "ollama").UID)

	s.kubectl(t, "delete", "ollamadeployment", "stored")
	require.Eventually(t, func() bool { return s.kubectl(t, "get", "pods", "-o", "name") == "" }, patience, tick)
	assert.Contains(t, s.kubectl(t, "get", "persistentvolumeclaims"), "Bound")
	s.apply(t, manifest("20m"))
	s.ready(t, "stored")
	assert.Equal(t, requests, shared.Models.Requests("stored:1b"), "requests to the registry")
}

// addVolume creates a volume in a directory of the node for a claim of the namespace. The kubelet does not
// change the owners of its files.
func (s *space) addVolume(t *testing.T, mode corev1.PersistentVolumeAccessMode) {
	t.Helper()
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: s.namespace},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			AccessModes:                   []corev1.PersistentVolumeAccessMode{mode},
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{
				Path: sandbox.Dir + "/volumes/" + s.namespace, Type: new(corev1.HostPathDirectoryOrCreate),
			}},
		},
	}
	require.NoError(t, s.client.Create(t.Context(), volume))
}

// Pods that share a volume pull a model once, and all serve it.
func TestSharedStorage(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.addVolume(t, corev1.ReadWriteMany)
	require.NoError(t, shared.Models.Add("both:1b", 1_000_000))
	shared.Models.SetRate("both:1b", 200_000)
	s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: both}
spec:
  ollama:
    models: ["both:1b"]
    replicas: 2
    resources: {requests: {cpu: 20m, memory: 64Mi, storage: 1Gi}}
`)
	s.ready(t, "both")
	for _, pod := range s.pods(t, "ollama") {
		assert.Equal(t, []string{"both:1b"}, models(t, "http://"+pod.Status.PodIP+":11434/api/tags"))
	}
	assert.Equal(t, 1, shared.Models.Downloads("both:1b"))
}
