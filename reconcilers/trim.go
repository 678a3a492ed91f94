// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// appliedLabel is, on children in the cache and nowhere else, the fingerprint of
// what the operator has applied of them. It stands for the whole of their spec, so
// that thousands of them need little memory; a label and not an annotation, because
// a second map would double what the rest needs.
const appliedLabel = "llm.geeper.io/applied"

// templateLabel has, on cached Deployments, the fingerprint of the pod template that the operator has
// applied.
const templateLabel = "llm.geeper.io/template"

// replicasLabel marks cached Deployments whose replicas the operator has applied and nobody has changed
// since.
const replicasLabel = "llm.geeper.io/replicas"

// fingerprint returns a hash that distinguishes encoded apply configurations.
func fingerprint(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.RawStdEncoding.EncodeToString(sum[:16])
}

// fingerprintOf returns the fingerprint of an apply configuration, or of a part of one.
func fingerprintOf(config any) (string, error) {
	data, err := json.Marshal(config)
	if err != nil {
		return "", fmt.Errorf("encoding %T: %w", config, err)
	}
	return fingerprint(data), nil
}

// trim returns a live child without what the reconciler never reads, and with the
// fingerprint of what is applied of it.
func (k childKind) trim(live client.Object) (client.Object, error) {
	applied, err := k.extract(live, v1alpha1.ManagedBy)
	if err != nil {
		return nil, fmt.Errorf("reading what is applied of %s %q: %w", k.gvk.Kind, live.GetName(), err)
	}
	encoded, err := fingerprintOf(applied)
	if err != nil {
		return nil, fmt.Errorf("what is applied of %s %q: %w", k.gvk.Kind, live.GetName(), err)
	}
	small := k.object()
	trimMeta(live, small)
	small.SetGeneration(live.GetGeneration())
	small.SetOwnerReferences(live.GetOwnerReferences())
	small.GetLabels()[appliedLabel] = encoded
	if deployment, ok := applied.(*applyappsv1.DeploymentApplyConfiguration); ok && deployment.Spec != nil {
		if small.GetLabels()[templateLabel], err = fingerprintOf(deployment.Spec.Template); err != nil {
			return nil, fmt.Errorf("the template of %s %q: %w", k.gvk.Kind, live.GetName(), err)
		}
	}
	k.copyState(live, small)
	return small, nil
}

// trimMeta copies what makes out an object, and whose it is.
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

// cached makes a function of the cache out of one that trims: what is not an object,
// or was trimmed before, it leaves as it is.
func cached(trim func(client.Object) (client.Object, error)) func(any) (any, error) {
	return func(in any) (any, error) {
		object, ok := in.(client.Object)
		if !ok || len(object.GetManagedFields()) == 0 {
			return in, nil
		}
		return trim(object)
	}
}

// trimPod returns the status and the controller of a pod that is not well. Of others it
// is enough that they exist: the Deployments count them.
func trimPod(live client.Object) (client.Object, error) {
	pod, ok := live.(*corev1.Pod)
	if !ok {
		return nil, fmt.Errorf("%T is no pod", live)
	}
	small := &corev1.Pod{}
	trimMeta(pod, small)
	if status.StateOf(pod) != (status.PodState{}) {
		if controller := metav1.GetControllerOf(pod); controller != nil {
			small.OwnerReferences = []metav1.OwnerReference{*controller}
		}
		small.CreationTimestamp = pod.CreationTimestamp
		small.Status = corev1.PodStatus{
			Phase:                 pod.Status.Phase,
			Reason:                pod.Status.Reason,
			Message:               pod.Status.Message,
			Conditions:            pod.Status.Conditions,
			InitContainerStatuses: pod.Status.InitContainerStatuses,
			ContainerStatuses:     pod.Status.ContainerStatuses,
		}
	}
	return small, nil
}

// trimObject drops the records of the field managers.
func trimObject(live client.Object) (client.Object, error) {
	live.SetManagedFields([]metav1.ManagedFieldsEntry(nil))
	return live, nil
}
