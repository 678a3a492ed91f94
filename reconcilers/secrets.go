// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// Kinds used in owner references and messages.
const (
	kindOfSecret = "Secret"
	kindOfClaim  = "PersistentVolumeClaim"
)

// readSecret returns the Secret, or nil if there is none. It reads from the API server, so that the
// operator needs no permission to list or watch Secrets.
func (r *Reconciler) readSecret(ctx context.Context, key client.ObjectKey) (*corev1.Secret, error) {
	secret := &corev1.Secret{}
	err := r.APIReader.Get(ctx, key, secret)
	switch {
	case err == nil:
		return secret, nil
	case apierrors.IsNotFound(err):
		return nil, nil
	default:
		return nil, &requestError{fmt.Sprintf("reading Secret %q", key.Name), err}
	}
}

// ensureSecret creates the component's Secret if it is missing, sets its owner, and updates the
// state. It never changes the data of an existing Secret.
func (r *Reconciler) ensureSecret(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle, state *bundleState) (err error) {
	stored, claim, created := b.renders(render.KindPersistentVolumeClaim), state.claim(d), state.secret == nil
	if state.existingClaim != nil {
		stored, claim = true, state.existingClaim
	}
	if b.secret == nil || stored && claim == nil {
		return nil // its owner, the claim, does not exist yet
	}
	key := childKey{corev1.SchemeGroupVersion.WithKind(kindOfSecret), b.name}
	var live []metav1.OwnerReference
	if !created {
		live = state.secret.OwnerReferences
	}
	owners := secretOwners(live, d, claim, stored)
	switch {
	case created:
		err = tracked.request(ctx, r.Now().Time, "creating", key, "", func() error { return r.createSecret(ctx, d, *b.secret, owners, state) })
	case !equality.Semantic.DeepEqual(owners, live):
		err = r.ownSecret(ctx, tracked, key, state.secret, owners)
	default:
		return nil
	}
	if err == nil {
		ctrl.LoggerFrom(ctx).Info("owned", "child", key.String(), "owner", owners[len(owners)-1].Kind, "created", created)
	}
	return err
}

// ownSecret sets the owners of the Secret.
func (r *Reconciler) ownSecret(ctx context.Context, tracked *trackedObject, key childKey, secret *corev1.Secret, owners []metav1.OwnerReference) error {
	return tracked.request(ctx, r.Now().Time, "owning", key, string(secret.UID), func() error {
		before := secret.DeepCopy()
		secret.OwnerReferences = owners
		return r.Client.Patch(ctx, secret, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}), client.FieldOwner(v1alpha1.ManagedBy))
	})
}

// createSecret creates the Secret with a random UUID (122 bits) as its key, because Tabby requires
// a UUID.
//
// Source: TabbyML/tabby, ee/tabby-webserver/src/jwt.rs.
func (r *Reconciler) createSecret(ctx context.Context, d *v1alpha1.OllamaDeployment, wanted render.Secret, owners []metav1.OwnerReference, state *bundleState) error {
	key, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("drawing a key: %w", err)
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: d.Namespace, Name: wanted.Name, Labels: wanted.Labels, OwnerReferences: owners},
		Data:       map[string][]byte{wanted.Key: []byte(key.String())},
	}
	if err := r.Client.Create(ctx, secret, client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return err
	}
	state.secret = secret
	return nil
}

// secretOwners returns the desired owners of a Secret with the live ones. With storage, the claim,
// which may be one that the user provides, owns the Secret instead of the object, because its data
// cannot be read without the key. Without storage, the object owns it, unless it belongs to a retained claim. Owners that others added
// stay.
func secretOwners(live []metav1.OwnerReference, d *v1alpha1.OllamaDeployment, claim client.Object, stored bool) []metav1.OwnerReference {
	owns := func(uid string) bool {
		return slices.ContainsFunc(live, func(owner metav1.OwnerReference) bool { return string(owner.UID) == uid })
	}
	switch {
	case stored:
		owners := slices.DeleteFunc(slices.Clone(live), func(owner metav1.OwnerReference) bool { return owner.UID == d.UID })
		if owns(string(claim.GetUID())) {
			return owners
		}
		return append(owners, metav1.OwnerReference{
			APIVersion: corev1.SchemeGroupVersion.String(), Kind: kindOfClaim, Name: claim.GetName(), UID: claim.GetUID(),
		})
	case owns(string(d.UID)), claim != nil && owns(string(claim.GetUID())):
		return live
	default:
		return append(slices.Clone(live), *metav1.NewControllerRef(d, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind)))
	}
}
