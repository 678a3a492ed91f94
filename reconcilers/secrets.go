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

// Kinds that stand in owner references and messages.
const (
	kindOfSecret = "Secret"
	kindOfClaim  = "PersistentVolumeClaim"
)

// readSecret returns the Secret, nil if there is none. It is looked up by name at the API
// server, so that no list or watch right on Secrets is needed.
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

// ensureSecret creates the component's Secret if it needs one that is not there, and
// gives it its owner. Its contents it never changes. The state has the Secret as it is
// afterwards.
func (r *Reconciler) ensureSecret(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle, state *bundleState) (err error) {
	stored, claim, created := b.renders(render.KindPersistentVolumeClaim), state.claim(d), state.secret == nil
	if b.secret == nil || stored && claim == nil {
		return nil // without its claim there is nobody to own it yet
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
		err = tracked.request(ctx, r.Now().Time, "owning", key, string(state.secret.UID), func() error {
			before := state.secret.DeepCopy()
			state.secret.OwnerReferences = owners
			return r.Client.Patch(ctx, state.secret, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}), client.FieldOwner(v1alpha1.ManagedBy))
		})
	default:
		return nil
	}
	if err == nil {
		ctrl.LoggerFrom(ctx).Info("owned", "child", key.String(), "owner", owners[len(owners)-1].Kind, "created", created)
	}
	return err
}

// createSecret draws the key: a random UUID (122 bits), which Tabby insists on.
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

// secretOwners returns the owners that a Secret with these is to have. With storage it
// goes with the claim, whose data cannot be read without it, and not with the object.
// Without, it goes with the object, unless it belongs to a claim that is retained from
// before. Owners that others added stay.
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
