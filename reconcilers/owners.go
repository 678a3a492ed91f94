// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"time"

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

// A podOwner is what is known of a pod's ReplicaSet. The zero value means that there is none.
type podOwner struct {
	// deployment is the UID of the Deployment that controls the ReplicaSet.
	deployment types.UID
	// created is when the ReplicaSet was created.
	created time.Time
	// readAt is when it was read.
	readAt time.Time
}

// ownerExpiry is how long it is certain that a ReplicaSet is not of one of an object's Deployments: it may have been
// adopted since.
const ownerExpiry = time.Minute

// ownerOf returns the ReplicaSet that controls the pod, if a Deployment controls it. Anybody can set labels, but a UID
// identifies the object that a pod was created for. ReplicaSets are not watched: only those of unhealthy pods and of
// Ollama's are needed, and each is read once, or once a minute while isKnown does not hold for its Deployment.
// Invalid names are never requested, because the API server does not validate owner references, and
// the name becomes part of a path.
func (r *Reconciler) ownerOf(ctx context.Context, pod *corev1.Pod, isKnown func(deployment types.UID) bool) (podOwner, error) {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil || owner.APIVersion != appsv1.SchemeGroupVersion.String() || owner.Kind != "ReplicaSet" {
		return podOwner{}, nil
	}
	if len(validation.IsDNS1123Subdomain(owner.Name)) > 0 {
		return podOwner{}, nil
	}
	key := ownerKey{client.ObjectKey{Namespace: pod.Namespace, Name: owner.Name}, owner.UID}
	if cached, ok := r.owners.Get(key); ok {
		if found := cached.(podOwner); isKnown(found.deployment) || r.Now().Sub(found.readAt) <= ownerExpiry {
			return found, nil
		}
	}
	replicaSet := &metav1.PartialObjectMetadata{}
	replicaSet.SetGroupVersionKind(appsv1.SchemeGroupVersion.WithKind(owner.Kind))
	err := r.APIReader.Get(ctx, key.ObjectKey, replicaSet)
	if client.IgnoreNotFound(err) != nil {
		return podOwner{}, &requestError{fmt.Sprintf("reading ReplicaSet %q", owner.Name), err}
	}
	var found podOwner
	if controller := metav1.GetControllerOfNoCopy(replicaSet); err == nil && replicaSet.UID == owner.UID && controller != nil {
		found = podOwner{deployment: controller.UID, created: replicaSet.CreationTimestamp.Time}
	}
	found.readAt = r.Now().Time
	r.owners.Add(key, found)
	return found, nil
}
