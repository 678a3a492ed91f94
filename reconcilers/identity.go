// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"crypto/rand"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama/sshkey"
	"github.com/geeper-io/llm-operator/internal/render"
)

// identityAnnotation, on Ollama's pods, holds the hash of the public half of their key. A mounted file of a Secret
// stays as it was when the pod started.
const identityAnnotation = render.IdentityAnnotation

// readIdentity returns a hash of the public half of Ollama's key, "" if the spec names none. It creates the
// Secret if there is none and the spec says so, and never changes one that exists, whoever made it. It returns
// a referenceError if Ollama cannot use the key.
func (r *Reconciler) readIdentity(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment) (string, error) {
	ref := d.Spec.Ollama.IdentitySecretRef
	if ref == nil {
		return "", nil
	}
	unusable := func(why string) error {
		return &referenceError{v1alpha1.ReasonIdentityNotUsable, fmt.Sprintf("Secret %q of spec.ollama.identitySecretRef", ref.Name), why}
	}
	secret, err := r.readSecret(ctx, client.ObjectKey{Namespace: d.Namespace, Name: ref.Name})
	if secret == nil && err == nil {
		wanted := render.IdentitySecret(d)
		if wanted == nil {
			return "", unusable("does not exist; create it, or set create: true")
		}
		secret, err = r.createIdentity(ctx, tracked, d, *wanted)
	}
	if err != nil {
		return "", err
	}
	public, err := sshkey.PublicKey(secret.Data[v1alpha1.IdentityKey], "")
	if err != nil {
		return "", unusable(fmt.Sprintf("cannot be used: %s %s", v1alpha1.IdentityKey, err))
	}
	return secretHash([]byte(public)), nil
}

// createIdentity creates a Secret with a new key. It has no owner, because the public half is registered
// elsewhere, for as long as the user wants.
func (r *Reconciler) createIdentity(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, wanted render.Secret) (*corev1.Secret, error) {
	private, public, err := sshkey.New(rand.Reader, d.Namespace+"/"+d.Name)
	if err != nil {
		return nil, err
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: d.Namespace, Name: wanted.Name, Labels: wanted.Labels},
		Data:       map[string][]byte{wanted.Key: private, v1alpha1.IdentityPublicKey: public},
	}
	key := childKey{corev1.SchemeGroupVersion.WithKind(kindOfSecret), wanted.Name}
	err = tracked.request(ctx, r.Now().Time, "creating", key, "", func() error {
		return r.Client.Create(ctx, secret, client.FieldOwner(v1alpha1.ManagedBy))
	})
	if err != nil {
		return nil, err
	}
	ctrl.LoggerFrom(ctx).Info("created", "child", key.String())
	return secret, nil
}
