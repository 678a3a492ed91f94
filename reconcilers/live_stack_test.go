// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// liveStack returns the objects of one stack with all components as the API server has them: the object, its
// children, and a running pod of each Deployment.
func liveStack(tb testing.TB) (d *v1alpha1.OllamaDeployment, children []client.Object, pods []*corev1.Pod) {
	tb.Helper()
	d = fixtures.Defaulted(fixtures.Parse(tb, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b", "codellama:7b"]}, openwebui: {enabled: true}, tabby: {enabled: true}}}`))
	d.ObjectMeta = metav1.ObjectMeta{Namespace: "n", Name: "stack", UID: types.UID("00000000-0000-0000-0000-000000000000"), Generation: 1}
	c := fakeCluster(tb).WithObjects(d).WithStatusSubresource(d).Build()
	r := &Reconciler{Models: allModels{}, Client: c, APIReader: c, Recorder: events.NewFakeRecorder(10), Now: metav1.Now, owners: lru.New(maxOwners)}
	require.NoError(tb, c.Get(tb.Context(), client.ObjectKeyFromObject(d), d))
	_, err := r.Reconcile(tb.Context(), d)
	require.NoError(tb, err)
	for _, kind := range childKinds {
		gvk := kind.gvk
		gvk.Kind += "List"
		list, err := c.Scheme().New(gvk)
		require.NoError(tb, err)
		require.NoError(tb, c.List(tb.Context(), list.(client.ObjectList))) //nolint:forcetypeassert // it is a list
		items, err := meta.ExtractList(list)
		require.NoError(tb, err)
		for _, item := range items {
			children = append(children, item.(client.Object)) //nolint:forcetypeassert // it is an object
		}
	}
	for _, child := range children {
		if deployment, ok := child.(*appsv1.Deployment); ok {
			rollOut(deployment)
			pods = append(pods, podOf(deployment))
		}
	}
	require.NoError(tb, c.Get(tb.Context(), client.ObjectKeyFromObject(d), d))
	_, err = r.Reconcile(tb.Context(), d)
	require.NoError(tb, err)
	d.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}
	return d, children, pods
}

// rollOut sets the status of a Deployment whose one pod is ready.
func rollOut(deployment *appsv1.Deployment) {
	now := metav1.Now()
	deployment.Status = appsv1.DeploymentStatus{
		ObservedGeneration: 1, Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1, AvailableReplicas: 1,
		Conditions: []appsv1.DeploymentCondition{
			{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, LastUpdateTime: now, LastTransitionTime: now, Reason: "MinimumReplicasAvailable", Message: "Deployment has minimum availability."},
			{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, LastUpdateTime: now, LastTransitionTime: now, Reason: "NewReplicaSetAvailable", Message: fmt.Sprintf("ReplicaSet %q has successfully progressed.", deployment.Name+"-5d8f6f7b9c")},
		},
	}
}

// podOf returns a running pod of a Deployment.
func podOf(deployment *appsv1.Deployment) *corev1.Pod {
	now := metav1.Now()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Namespace: deployment.Namespace, Name: deployment.Name + "-5d8f6f7b9c-abcde", Labels: deployment.Spec.Template.Labels, UID: "p",
		OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: deployment.Name + "-5d8f6f7b9c", UID: "r", Controller: new(true), BlockOwnerDeletion: new(true)}},
		ManagedFields:   []metav1.ManagedFieldsEntry{{Manager: "kubelet"}},
	}, Spec: *deployment.Spec.Template.Spec.DeepCopy()}
	pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.244.1.17"}
	for _, kind := range []corev1.PodConditionType{corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled} {
		pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now})
	}
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, Ready: true, Started: new(true),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		})
	}
	return pod
}

// renamed returns the i-th copy of an object of liveStack, in which everything that differs between stacks differs.
func renamed[O client.Object](object O, kind, i int) O {
	out := object.DeepCopyObject().(O) //nolint:forcetypeassert // a copy has the type
	stack := fmt.Sprint("stack-", i)
	out.SetName(stack + object.GetName()[len("stack"):])
	out.SetUID(types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", kind, i)))
	out.SetResourceVersion(fmt.Sprint(100_000 + 20*i + kind))
	if labels := out.GetLabels(); labels[v1alpha1.LabelOwner] != "" {
		labels[v1alpha1.LabelOwner] = stack
	}
	owners := out.GetOwnerReferences()
	for j := range owners {
		owners[j].Name = stack + owners[j].Name[len("stack"):]
		owners[j].UID = types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", 100+kind, i))
	}
	return out
}
