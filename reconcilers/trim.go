// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// appliedLabel labels children, only in the cache, with the fingerprint of their applied
// configuration. It replaces their spec, so that thousands of children need little memory. It is
// not an annotation, because a second map would double the rest's memory.
const appliedLabel = "llm.geeper.io/applied"

// templateLabel labels Deployments, only in the cache, with the fingerprint of the applied pod
// template.
const templateLabel = "llm.geeper.io/template"

// contentLabel labels Deployments, only in the cache, with contentOf their pod template.
const contentLabel = "llm.geeper.io/content"

// memoryLabel labels Deployments of Ollama, only in the cache, with the memory that the container requests.
const memoryLabel = "llm.geeper.io/memory"

// replicasLabel labels Deployments, only in the cache, whose replicas the operator has applied and
// nobody has changed since.
const replicasLabel = "llm.geeper.io/replicas"

// classLabel labels claims, only in the cache, whose StorageClass the operator has applied.
const classLabel = "llm.geeper.io/class"

// trim returns a live child with only the fields that the reconciler reads, and the fingerprint of
// its applied configuration. What is applied cannot be told of an object in which somebody has written the key of a list
// twice, such as the name of a variable. It is trimmed, too, as an object that differs from all that is rendered: an
// error would keep the object, or all of the kind, out of the cache.
func (k childKind) trim(live client.Object) (client.Object, error) {
	small := k.object()
	trimMeta(live, small)
	small.SetGeneration(live.GetGeneration())
	small.SetOwnerReferences(live.GetOwnerReferences())
	k.copyState(live, small)
	applied, err := k.applied.of(live, func() (map[string]string, error) { return k.appliedLabels(live) })
	if err != nil {
		return nil, err
	}
	maps.Copy(small.GetLabels(), applied)
	return small, nil
}

// appliedLabels returns the labels that say what is applied of a live child.
func (k childKind) appliedLabels(live client.Object) (map[string]string, error) {
	applied, err := k.extract(live, v1alpha1.ManagedBy)
	if err != nil {
		return map[string]string{appliedLabel: unreadable(live)}, nil //nolint:nilerr // it is what the label says
	}
	labels := map[string]string{}
	if labels[appliedLabel], err = render.Fingerprint(applied); err != nil {
		return nil, fmt.Errorf("what is applied of %s %q: %w", k.gvk.Kind, live.GetName(), err)
	}
	if deployment, ok := applied.(*applyappsv1.DeploymentApplyConfiguration); ok && deployment.Spec != nil {
		if labels[templateLabel], err = render.Fingerprint(deployment.Spec.Template); err != nil {
			return nil, fmt.Errorf("the template of %s %q: %w", k.gvk.Kind, live.GetName(), err)
		}
		if content := contentOf(deployment.Spec.Template); content != "" {
			labels[contentLabel] = content
		}
	}
	return labels, nil
}

// unreadable returns what stands for the fingerprint of an object of which it cannot be told what is applied. It
// changes with the object: with its spec, if it has a generation.
func unreadable(live client.Object) string {
	if generation := live.GetGeneration(); generation != 0 {
		return fmt.Sprint("unreadable in generation ", generation)
	}
	return "unreadable in version " + live.GetResourceVersion()
}

// trimMeta copies the fields and labels that identify an object and its owner.
func trimMeta(from, to client.Object) {
	to.SetNamespace(from.GetNamespace())
	to.SetName(from.GetName())
	to.SetUID(from.GetUID())
	to.SetResourceVersion(from.GetResourceVersion())
	to.SetDeletionTimestamp(from.GetDeletionTimestamp())
	labels := map[string]string{}
	for _, name := range []string{v1alpha1.LabelOwner, v1alpha1.LabelComponent, v1alpha1.LabelManagedBy} {
		if value, found := from.GetLabels()[name]; found {
			labels[name] = value
		}
	}
	to.SetLabels(labels)
}

// cached returns a cache transform that trims objects. It returns anything else, and objects that
// are already trimmed, unchanged.
func cached(trim func(client.Object) (client.Object, error)) func(any) (any, error) {
	return func(in any) (any, error) {
		object, ok := in.(client.Object)
		if !ok || len(object.GetManagedFields()) == 0 {
			return in, nil
		}
		return trim(object)
	}
}

// trimPod returns the status, controller and image volumes of an unhealthy pod, and of a healthy one its
// identity, whether it has ended and, if it is Ollama's, where to reach it. Deployments count the healthy ones.
func trimPod(live client.Object) (client.Object, error) {
	pod, ok := live.(*corev1.Pod)
	if !ok {
		return nil, fmt.Errorf("%T is no pod", live)
	}
	small := &corev1.Pod{}
	trimMeta(pod, small)
	if phase := pod.Status.Phase; phase == corev1.PodSucceeded || phase == corev1.PodFailed {
		small.Status.Phase = phase
	}
	if status.StateOf(pod) != (status.PodState{}) {
		if controller := metav1.GetControllerOf(pod); controller != nil {
			small.OwnerReferences = []metav1.OwnerReference{*controller}
		}
		small.CreationTimestamp = pod.CreationTimestamp
		for _, volume := range pod.Spec.Volumes {
			if volume.Image != nil {
				small.Spec.Volumes = append(small.Spec.Volumes, volume)
			}
		}
		small.Status = corev1.PodStatus{
			Phase:                 pod.Status.Phase,
			Reason:                pod.Status.Reason,
			Message:               pod.Status.Message,
			Conditions:            pod.Status.Conditions,
			InitContainerStatuses: pod.Status.InitContainerStatuses,
			ContainerStatuses:     pod.Status.ContainerStatuses,
		}
	}
	trimOllamaPod(pod, small)
	return small, nil
}

// trimObject removes the managed fields.
func trimObject(live client.Object) (client.Object, error) {
	live.SetManagedFields([]metav1.ManagedFieldsEntry(nil))
	return live, nil
}
