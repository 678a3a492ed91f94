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

// An ownership says whose a live child is.
type ownership int

const (
	foreign ownership = iota
	ours
	// ofPredecessor: it goes with an earlier object of the same name, which was
	// deleted and whose children the garbage collector has not removed yet.
	ofPredecessor
)

// ownership returns who owns the live child, by its controller. A child without a controller was orphaned
// or is retained. It is then judged by its labels where that is safe: whoever may create a Deployment
// can run anything anyway. A PersistentVolumeClaim is ours also if the object is its only owner,
// controller or not; one that somebody else owns is not. ConfigMaps and Secrets, which pods run or
// trust, are ours only if their UID, which nobody can choose, is on record.
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

// isOnlyOwner reports whether the live child has owners, and none but the object.
func isOnlyOwner(d *v1alpha1.OllamaDeployment, live client.Object) bool {
	owners := live.GetOwnerReferences()
	return len(owners) > 0 && !slices.ContainsFunc(owners, func(owner metav1.OwnerReference) bool { return owner.UID != d.UID })
}

// secretOwnership returns whose the Secret is, by its owner: the object, or the claim whose data need
// the Secret, which is whose that is. The claim is the live one of the name, whosever it
// is, nil if there is none: an owner of its kind and name that is gone takes the Secret
// with it. The labels count only if the Secret was orphaned.
func secretOwnership(live *corev1.Secret, d *v1alpha1.OllamaDeployment, claim client.Object, known mountedUIDs) ownership {
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
	if len(live.OwnerReferences) == 0 && hasOurLabels(live, d) && known.has(live) {
		return ours
	}
	return foreign
}

// isOfClaim reports whether the owner is a claim of the Secret's name.
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

// mountedUIDs has the UIDs of the ConfigMap and the Secret that a Deployment's pods mount, as recorded
// on the Deployment.
type mountedUIDs []types.UID

func (m mountedUIDs) has(object client.Object) bool { return slices.Contains(m, object.GetUID()) }

// ownershipError returns an error when the live child is not the object's.
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
