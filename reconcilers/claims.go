// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// ownClaims makes each of our claims outlive the object or not, as its component says, even if the
// claim is no longer rendered: the component may be disabled or have no storage anymore. A claim
// whose component is absent is retained.
func (r *Reconciler) ownClaims(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment) error {
	names := v1alpha1.ComponentNames()
	errs := make([]error, 0, len(names))
	for _, component := range names {
		c, found := d.Spec.Component(component)
		errs = append(errs, r.ownClaim(ctx, tracked, d, v1alpha1.ChildName(d.Name, component), found && !c.RetainsClaim()))
	}
	return errors.Join(errs...)
}

// ownClaim makes the object an owner of the claim or not, if the claim exists and is ours. It changes
// nothing else of the claim, and no other owner.
func (r *Reconciler) ownClaim(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, name string, owned bool) error {
	live, err := r.readCache(ctx, tracked, claimKind, client.ObjectKey{Namespace: d.Namespace, Name: name})
	if live == nil || err != nil {
		return err
	}
	owners := claimOwners(live.GetOwnerReferences(), d, owned)
	unchanged := len(owners) == len(live.GetOwnerReferences())
	if unchanged || !live.GetDeletionTimestamp().IsZero() || claimKind.ownership(live, d, nil) != ours {
		return nil
	}
	key := childKey{render.KindPersistentVolumeClaim, name}
	err = tracked.request(ctx, r.Now().Time, "owning", key, liveState(live), func() error {
		before, after := claimMeta(live), claimMeta(live)
		after.OwnerReferences = owners
		return r.Client.Patch(ctx, after, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}), client.FieldOwner(v1alpha1.ManagedBy))
	})
	if err == nil {
		ctrl.LoggerFrom(ctx).Info("owned", "child", key.String(), "retained", !owned)
	}
	return err
}

// claimOwners returns the live owners with or without the object.
func claimOwners(live []metav1.OwnerReference, d *v1alpha1.OllamaDeployment, owned bool) []metav1.OwnerReference {
	isObject := func(owner metav1.OwnerReference) bool { return owner.UID == d.UID }
	switch {
	case !owned:
		return slices.DeleteFunc(slices.Clone(live), isObject)
	case slices.ContainsFunc(live, isObject):
		return live
	default:
		return append(slices.Clone(live), *metav1.NewControllerRef(d, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind)))
	}
}

// claimMeta returns a claim with only what identifies the live one, and its owners.
func claimMeta(live client.Object) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{
		Namespace: live.GetNamespace(), Name: live.GetName(), UID: live.GetUID(),
		ResourceVersion: live.GetResourceVersion(), OwnerReferences: live.GetOwnerReferences(),
	}}
}

// readExistingClaim returns the claim that the user provides for the component, nil if there is none.
// The claim is never written. It is read from the API server, because the cache does not hold it.
func (r *Reconciler) readExistingClaim(ctx context.Context, namespace, name string) (*corev1.PersistentVolumeClaim, error) {
	if name == "" {
		return nil, nil
	}
	key, claim := client.ObjectKey{Namespace: namespace, Name: name}, &corev1.PersistentVolumeClaim{}
	switch err := r.APIReader.Get(ctx, key, claim); {
	case err == nil:
		return claim, nil
	case client.IgnoreNotFound(err) == nil:
		return nil, nil
	default:
		return nil, readError(claimKind, key, err)
	}
}
