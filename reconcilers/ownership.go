// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An ownership classifies a live child by its owner.
type ownership int

const (
	foreign ownership = iota
	ours
	// ofPredecessor children belong to a deleted object of the same name, and the garbage collector
	// has not deleted them yet.
	ofPredecessor
)

// ownership returns the live child's ownership, decided by its controller. A child without one was
// orphaned or retained, and is decided by its labels where that is harmless: whoever can create a
// Deployment can run anything anyway. A claim holds data and runs nothing, but one with any other
// owner is foreign. A claim is also ours if d is its only owner, controller or not. A ConfigMap,
// which pods run or trust, is ours only if its UID, which nobody can choose, is recorded.
func (k childKind) ownership(live client.Object, d *v1alpha1.OllamaDeployment, known mountedUIDs) ownership {
	controller := metav1.GetControllerOfNoCopy(live)
	switch {
	case controller != nil && controller.UID == d.UID, k.retained && isOnlyOwner(d, live):
		return ours
	case controller != nil && isPredecessor(controller, d):
		return ofPredecessor
	case controller != nil || !hasOurLabels(live, d):
		return foreign
	case k.retained && len(live.GetOwnerReferences()) > 0:
		return foreign
	case k.mounted && !k.retained && !known.has(live):
		return foreign
	default:
		return ours
	}
}

// isOnlyOwner reports whether d owns the live child and nothing else does.
func isOnlyOwner(d *v1alpha1.OllamaDeployment, live client.Object) bool {
	owners := live.GetOwnerReferences()
	return len(owners) > 0 && !slices.ContainsFunc(owners, func(owner metav1.OwnerReference) bool { return owner.UID != d.UID })
}

// secretOwnership returns the Secret's ownership, decided by its owner: the object, or the claim
// whose data needs the Secret and whose ownership it shares. The claim is the live one with the
// Secret's name, ours or not, or nil. A deleted claim of that name takes the Secret with it. The
// claim that the user provides, nil if there is none, is as good as ours. The labels count only if
// the Secret was orphaned, or is of a claim that the user no longer names.
func secretOwnership(live *corev1.Secret, d *v1alpha1.OllamaDeployment, claim client.Object, existing *corev1.PersistentVolumeClaim, known mountedUIDs) ownership {
	if existing != nil && slices.ContainsFunc(live.OwnerReferences, func(owner metav1.OwnerReference) bool { return owner.UID == existing.UID }) {
		return ours
	}
	for i := range live.OwnerReferences {
		owner := &live.OwnerReferences[i]
		switch {
		case owner.UID == d.UID:
			return ours
		case claim != nil && owner.UID == claim.GetUID():
			if whose := claimKind.ownership(claim, d, nil); whose != foreign {
				return whose
			}
		case isPredecessor(owner, d), isOfClaim(owner, live):
			return ofPredecessor
		}
	}
	isOther := func(owner metav1.OwnerReference) bool { return owner.Kind != kindOfClaim }
	if !slices.ContainsFunc(live.OwnerReferences, isOther) && hasOurLabels(live, d) && known.has(live) {
		return ours
	}
	return foreign
}

// isOfClaim reports whether the owner is a claim with the Secret's name.
func isOfClaim(owner *metav1.OwnerReference, secret *corev1.Secret) bool {
	return owner.Kind == kindOfClaim && owner.Name == secret.Name
}

// isPredecessor reports whether the owner is an earlier object of the same name.
func isPredecessor(owner *metav1.OwnerReference, d *v1alpha1.OllamaDeployment) bool {
	return owner.Kind == v1alpha1.Kind && owner.APIVersion == v1alpha1.GroupVersion.String() && owner.Name == d.Name
}

func hasOurLabels(live client.Object, d *v1alpha1.OllamaDeployment) bool {
	labels := live.GetLabels()
	return labels[v1alpha1.LabelOwner] == d.Name && labels[v1alpha1.LabelManagedBy] == v1alpha1.ManagedBy
}

// mountedUIDs holds the UIDs of the ConfigMap and the Secret that a Deployment's pods were created
// for.
type mountedUIDs []types.UID

func (m mountedUIDs) has(object client.Object) bool { return slices.Contains(m, object.GetUID()) }

// ownershipError returns an error if the live child is not ours.
func ownershipError(whose ownership, kind, name string) error {
	switch whose {
	case ours:
		return nil
	case ofPredecessor:
		return &predecessorError{kind, name}
	default:
		return &conflictError{kind, name, v1alpha1.Kind}
	}
}
