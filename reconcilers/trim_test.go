// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// podWith returns a pod with one container of the status.
func podWith(container corev1.ContainerStatus) corev1.Pod {
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p"},
		Status:     corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{container}},
	}
}

// The status is computed from a trimmed pod, which fails as the whole one does.
func TestTrimPod(t *testing.T) {
	t.Parallel()
	waiting := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull", Message: "no models:1"}}
	pod := podWith(corev1.ContainerStatus{Image: "a", State: waiting})
	pod.Spec.NodeName = "node"
	image := corev1.Volume{Name: "b", VolumeSource: corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "models:1"}}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "a"}, image}
	controller := metav1.OwnerReference{Kind: "ReplicaSet", UID: "1", Controller: new(true)}
	pod.OwnerReferences = []metav1.OwnerReference{{Kind: "Other"}, controller}
	pod.Labels = map[string]string{"ollama-deployment": "stack", "app.kubernetes.io/component": "ollama", "else": "gone"}
	small, err := trimPod(&pod)
	require.NoError(t, err)
	trimmed, ok := small.(*corev1.Pod)
	assert.True(t, ok)
	assert.Equal(t, status.StateOf(&pod), status.StateOf(trimmed))
	assert.Equal(t, corev1.PodSpec{Volumes: []corev1.Volume{image}}, trimmed.Spec)
	assert.Equal(t, []metav1.OwnerReference{controller}, trimmed.OwnerReferences)
	assert.Equal(t, map[string]string{"ollama-deployment": "stack", "app.kubernetes.io/component": "ollama"}, trimmed.Labels)

	healthy := podWith(corev1.ContainerStatus{Ready: true})
	small, err = trimPod(&healthy)
	require.NoError(t, err)
	assert.Equal(t, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Labels: map[string]string{}}}, small)
}

// A pod that has ended is known to have, because a migration waits until pods have.
func TestTrimEndedPod(t *testing.T) {
	t.Parallel()
	for _, phase := range []corev1.PodPhase{corev1.PodSucceeded, corev1.PodFailed} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", DeletionTimestamp: &metav1.Time{}}, Status: corev1.PodStatus{Phase: phase}}
		assert.Equal(t, status.PodState{}, status.StateOf(pod))
		small, err := trimPod(pod)
		require.NoError(t, err)
		trimmed, ok := small.(*corev1.Pod)
		require.True(t, ok)
		assert.Equal(t, phase, trimmed.Status.Phase)
	}
}

// Somebody may write the key of a list twice, which the API server stores. The child stays in the cache, and differs
// from what is rendered, anew with each change of its spec.
func TestTrimDuplicateKeys(t *testing.T) {
	t.Parallel()
	twice := func(generation int64) *appsv1.Deployment {
		return &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "n", Name: "a-openwebui", UID: "1", ResourceVersion: "5", Generation: generation,
				Labels: map[string]string{v1alpha1.LabelOwner: "a"},
				ManagedFields: []metav1.ManagedFieldsEntry{{
					Manager: "kubectl", Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "apps/v1", FieldsType: "FieldsV1",
					FieldsV1: &metav1.FieldsV1{},
				}},
			},
			Spec: appsv1.DeploymentSpec{Replicas: new(int32(2)), Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "openwebui", Env: []corev1.EnvVar{{Name: "FOO", Value: "secret"}, {Name: "FOO", Value: "b"}},
			}}}}},
		}
	}
	applied := map[string]bool{}
	for _, generation := range []int64{1, 2, 2} {
		out, err := cached(deploymentKind.trim)(twice(generation))
		require.NoError(t, err)
		trimmed, ok := out.(*appsv1.Deployment)
		require.True(t, ok)
		assert.Equal(t, "a-openwebui", trimmed.Name)
		assert.Equal(t, new(int32(2)), trimmed.Spec.Replicas)
		assert.Empty(t, trimmed.Spec.Template.Spec.Containers)
		applied[trimmed.Labels[appliedLabel]] = true
	}
	assert.Len(t, applied, 2)
	assert.NotContains(t, applied, "")
}

func TestKindForUnknown(t *testing.T) {
	t.Parallel()
	_, err := kindFor(corev1.SchemeGroupVersion.WithKind("Secret"))
	assert.EqualError(t, err, "/v1, Kind=Secret is rendered, and childKinds does not have it")
}
