// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/lru"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/models"
)

var started = metav1.NewTime(time.Unix(1000, 0).UTC())

// runningPod is a ready pod of Ollama, which says to be of the ReplicaSet.
func runningPod(name, replicaSet string) *corev1.Pod {
	pod := podOfReplicaSet(name, replicaSet)
	pod.UID = "uid"
	pod.Labels[v1alpha1.LabelComponent] = "ollama"
	pod.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: "fd00::1",
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		ContainerStatuses: []corev1.ContainerStatus{
			{Name: "sidecar"},
			{Name: "ollama", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started}}},
		},
	}
	return pod
}

// The cache keeps what tells where Ollama runs, and only of pods where it does.
func TestOllamaPod(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*corev1.Pod)
		runs   bool
		ready  bool
	}{
		"running":       {func(*corev1.Pod) {}, true, true},
		"not ready":     {func(p *corev1.Pod) { p.Status.Conditions[0].Status = corev1.ConditionFalse }, true, false},
		"no address":    {func(p *corev1.Pod) { p.Status.PodIP = "" }, false, false},
		"ending":        {func(p *corev1.Pod) { p.DeletionTimestamp = &started }, false, false},
		"pending":       {func(p *corev1.Pod) { p.Status.Phase = corev1.PodPending }, false, false},
		"crashed":       {func(p *corev1.Pod) { p.Status.ContainerStatuses[1].State.Running = nil }, false, false},
		"of Tabby":      {func(p *corev1.Pod) { p.Labels[v1alpha1.LabelComponent] = "tabby" }, false, false},
		"sidecar alone": {func(p *corev1.Pod) { p.Status.ContainerStatuses = p.Status.ContainerStatuses[:1] }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := runningPod("p", "a-ollama-1")
			tc.change(pod)
			small, err := trimPod(pod)
			require.NoError(t, err)
			for _, p := range []*corev1.Pod{pod, small.(*corev1.Pod)} {
				got, runs := ollamaPod(p)
				assert.Equal(t, tc.runs, runs)
				if runs {
					assert.Equal(t, models.Pod{Name: "p", UID: "uid", Address: "[fd00::1]:11434", StartedAt: started.Time, IsReady: tc.ready}, got)
				}
			}
		})
	}
}

// Only pods of the object's own Deployment are asked: anybody can set labels.
func TestOllamaPods(t *testing.T) {
	t.Parallel()
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "a", UID: "a"}}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{
		Namespace: "n", Name: "a-ollama", UID: "deployment", Labels: map[string]string{v1alpha1.LabelOwner: "a", v1alpha1.LabelManagedBy: v1alpha1.ManagedBy},
		OwnerReferences: []metav1.OwnerReference{{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind, Name: "a", UID: "a", Controller: new(true)}},
	}}
	replicaSet := func(name string) *appsv1.ReplicaSet {
		return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
			Namespace: "n", Name: name, UID: "rs", CreationTimestamp: started,
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: "a-ollama", UID: deployment.UID, Controller: new(true)}},
		}}
	}
	foreign := replicaSet("foreign")
	foreign.OwnerReferences[0].UID = "another"
	c := fakeCluster(t).WithObjects(deployment, replicaSet("a-ollama-1"), foreign,
		runningPod("ours", "a-ollama-1"), runningPod("foreign", "foreign"), runningPod("nobody", "gone")).Build()
	r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now, owners: lru.New(maxOwners)}
	pods, err := r.ollamaPods(t.Context(), d)
	require.NoError(t, err)
	require.Len(t, pods, 1)
	assert.Equal(t, "ours", pods[0].Name)
	assert.True(t, pods[0].RolledOutAt.Equal(started.Time))
}
