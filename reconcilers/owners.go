// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// maxOwners is the maximum number of ReplicaSets whose Deployment is cached.
const maxOwners = 10_000

// An ownerKey identifies a ReplicaSet by name, which reads it, and UID, which verifies it. Pods can
// name any combination of the two.
type ownerKey struct {
	client.ObjectKey
	uid types.UID
}

// deploymentOf returns the UID of the Deployment whose ReplicaSet controls the pod, empty if there
// is none. Anybody can set labels, but a UID identifies the object that a pod was created for.
// ReplicaSets are not watched: only those of unhealthy pods are needed, and each is read once.
// Invalid names are never requested, because the API server does not validate owner references, and
// the name becomes part of a path.
func (r *Reconciler) deploymentOf(ctx context.Context, pod *corev1.Pod) (types.UID, error) {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil || owner.APIVersion != appsv1.SchemeGroupVersion.String() || owner.Kind != "ReplicaSet" {
		return "", nil
	}
	if len(validation.IsDNS1123Subdomain(owner.Name)) > 0 {
		return "", nil
	}
	key := ownerKey{client.ObjectKey{Namespace: pod.Namespace, Name: owner.Name}, owner.UID}
	if known, found := r.owners.Get(key); found {
		return known.(types.UID), nil
	}
	replicaSet := &metav1.PartialObjectMetadata{}
	replicaSet.SetGroupVersionKind(appsv1.SchemeGroupVersion.WithKind(owner.Kind))
	err := r.APIReader.Get(ctx, key.ObjectKey, replicaSet)
	if client.IgnoreNotFound(err) != nil {
		return "", &requestError{fmt.Sprintf("reading ReplicaSet %q", owner.Name), err}
	}
	var deployment types.UID
	if controller := metav1.GetControllerOfNoCopy(replicaSet); err == nil && replicaSet.UID == owner.UID && controller != nil {
		deployment = controller.UID
	}
	r.owners.Add(key, deployment)
	return deployment, nil
}
