// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama/sshkey"
)

// Ollama's pods are replaced when their key changes. One that cannot be used is reported without anything of it,
// and leaves Ollama as it is, and the other components go on.
func TestIdentity(t *testing.T) {
	t.Parallel()
	r := newReferring(t, `{ollama: {models: ["llama2:7b"], identitySecretRef: {name: key}}, openwebui: {enabled: true}}`)
	reconcile := func() (time.Duration, string) { return r.reconcile(v1alpha1.ReasonIdentityNotUsable) }
	known := func() string { return r.annotation(v1alpha1.ComponentOllama, identityAnnotation) }

	retry, why := reconcile()
	assert.Equal(t, `Secret "key" of spec.ollama.identitySecretRef does not exist; create it, or set create: true`, why)
	assert.Equal(t, conflictRetry, retry)
	assert.Equal(t, `deployments.apps "a-ollama" not found`, known())
	assert.Empty(t, r.annotation(v1alpha1.ComponentOpenWebUI, identityAnnotation))

	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "key"}, Data: map[string][]byte{"a": []byte("b")}}
	require.NoError(t, r.Create(t.Context(), secret))
	_, why = reconcile()
	assert.Equal(t, `Secret "key" of spec.ollama.identitySecretRef cannot be used: id_ed25519 is missing`, why)

	newKey := func() []byte {
		private, _, err := sshkey.New(rand.Reader, "")
		require.NoError(t, err)
		return private
	}
	store := func(key []byte) *corev1.Secret {
		secret.Data = map[string][]byte{v1alpha1.IdentityKey: key}
		require.NoError(t, r.Update(t.Context(), secret))
		return secret.DeepCopy()
	}
	first := newKey()
	given := store(first)
	retry, why = reconcile()
	assert.Empty(t, why)
	assert.LessOrEqual(t, retry, referencesInterval)
	hash := known()
	assert.Len(t, hash, 16)
	assert.Empty(t, r.annotation(v1alpha1.ComponentOpenWebUI, identityAnnotation))
	require.NoError(t, r.Get(t.Context(), client.ObjectKeyFromObject(secret), secret))
	assert.Equal(t, given.ResourceVersion, secret.ResourceVersion, "a Secret of the user is never written")

	store(first[:len(first)/2])
	_, why = reconcile()
	assert.Equal(t, `Secret "key" of spec.ollama.identitySecretRef cannot be used: id_ed25519 is not a private key of OpenSSH`, why)
	assert.Equal(t, hash, known())

	store(newKey())
	_, why = reconcile()
	assert.Empty(t, why)
	assert.NotEqual(t, hash, known())
}

// A Secret that the operator creates has both halves of the key and outlives the object. It is created once, and
// never changed.
func TestCreateIdentity(t *testing.T) {
	t.Parallel()
	r := newReferring(t, `{ollama: {models: ["llama2:7b"], identitySecretRef: {name: key, create: true}}}`)
	_, why := r.reconcile(v1alpha1.ReasonIdentityNotUsable)
	assert.Empty(t, why)
	secret := &corev1.Secret{}
	require.NoError(t, r.Get(t.Context(), client.ObjectKey{Namespace: "ns", Name: "key"}, secret))
	assert.Empty(t, secret.OwnerReferences)
	assert.True(t, hasOurLabels(secret, r.object))
	assert.Len(t, secret.Data, 2)
	public, err := sshkey.PublicKey(secret.Data[v1alpha1.IdentityKey], "ns/a")
	require.NoError(t, err)
	assert.Equal(t, public, strings.TrimSpace(string(secret.Data[v1alpha1.IdentityPublicKey])))

	hash := r.annotation(v1alpha1.ComponentOllama, identityAnnotation)
	assert.Len(t, hash, 16)
	_, why = r.reconcile(v1alpha1.ReasonIdentityNotUsable)
	assert.Empty(t, why)
	again := &corev1.Secret{}
	require.NoError(t, r.Get(t.Context(), client.ObjectKeyFromObject(secret), again))
	assert.Equal(t, secret, again)

	// One without a key is of the user, and not mended.
	delete(again.Data, v1alpha1.IdentityKey)
	require.NoError(t, r.Update(t.Context(), again))
	_, why = r.reconcile(v1alpha1.ReasonIdentityNotUsable)
	assert.NotEmpty(t, why)
	require.NoError(t, r.Get(t.Context(), client.ObjectKeyFromObject(secret), again))
	assert.Len(t, again.Data, 1)
	assert.Equal(t, hash, r.annotation(v1alpha1.ComponentOllama, identityAnnotation))
}
