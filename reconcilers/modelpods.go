// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"net"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/reconcilers/models"
)

// ollamaPod returns the pod as the Keeper sees it, and reports whether its Ollama runs. Anybody can set
// the label; see ollamaPods.
func ollamaPod(pod *corev1.Pod) (models.Pod, bool) {
	running := ollamaContainer(pod)
	if running == nil || pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodRunning || pod.Status.PodIP == "" {
		return models.Pod{}, false
	}
	ready := false
	for _, condition := range pod.Status.Conditions {
		ready = ready || condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	}
	return models.Pod{
		Name: pod.Name, UID: pod.UID, IsReady: ready, StartedAt: running.StartedAt.Time,
		Address: net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(render.OllamaPort)),
	}, true
}

// ollamaContainer returns the state of the running container of an Ollama pod, nil if there is none.
func ollamaContainer(pod *corev1.Pod) *corev1.ContainerStateRunning {
	if pod.Labels[v1alpha1.LabelComponent] != string(v1alpha1.ComponentOllama) {
		return nil
	}
	for i := range pod.Status.ContainerStatuses {
		if container := &pod.Status.ContainerStatuses[i]; container.Name == string(v1alpha1.ComponentOllama) {
			return container.State.Running
		}
	}
	return nil
}

// ollamaPods returns the running Ollama pods of d: those whose ReplicaSet is controlled by d's
// Deployment. A pod whose owner cannot be read fails the whole, because a model would not be known to
// be missing.
func (r *Reconciler) ollamaPods(ctx context.Context, d *v1alpha1.OllamaDeployment) ([]models.Pod, error) {
	name := v1alpha1.ChildName(d.Name, v1alpha1.ComponentOllama)
	deployment := deploymentKind.object()
	if err := r.Client.Get(ctx, client.ObjectKey{Namespace: d.Namespace, Name: name}, deployment); err != nil {
		return nil, client.IgnoreNotFound(err)
	}
	if deploymentKind.ownership(deployment, d, nil) != ours {
		return nil, nil
	}
	list := &corev1.PodList{}
	if err := r.Client.List(ctx, list, client.InNamespace(d.Namespace), client.MatchingFields{podOwnerIndex: d.Name}); err != nil {
		return nil, fmt.Errorf("reading the pods: %w", err)
	}
	isKnown := func(uid types.UID) bool { return uid == deployment.GetUID() }
	var out []models.Pod
	for i := range list.Items {
		pod, runs := ollamaPod(&list.Items[i])
		if !runs {
			continue
		}
		owner, err := r.ownerOf(ctx, &list.Items[i], isKnown)
		if err != nil {
			ctrl.LoggerFrom(ctx).V(1).Info("the owner of a pod cannot be read", "pod", pod.Name, "why", brief(err))
			return nil, err
		}
		if isKnown(owner.deployment) {
			pod.RolledOutAt = owner.created
			out = append(out, pod)
		}
	}
	return out, nil
}

// trimOllamaPod copies what ollamaPod reads.
func trimOllamaPod(pod, small *corev1.Pod) {
	running := ollamaContainer(pod)
	if running == nil {
		return
	}
	if controller := metav1.GetControllerOf(pod); controller != nil {
		small.OwnerReferences = []metav1.OwnerReference{*controller}
	}
	small.Status.Phase, small.Status.PodIP = pod.Status.Phase, pod.Status.PodIP
	if len(small.Status.ContainerStatuses) > 0 {
		return // all of the status is there
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			small.Status.Conditions = []corev1.PodCondition{{Type: condition.Type, Status: condition.Status}}
		}
	}
	small.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: string(v1alpha1.ComponentOllama), State: corev1.ContainerState{Running: running},
	}}
}
