// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// newAuthority returns the certificate of a new authority in PEM.
func newAuthority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestExplainAuthorities(t *testing.T) {
	t.Parallel()
	valid := newAuthority(t)
	for name, tc := range map[string]struct{ text, want string }{
		"one":             {valid, ""},
		"several":         {"# A comment\n" + valid + "\n\n" + valid, ""},
		"none":            {"", `has no certificates in PEM in the key "ca.crt"`},
		"something else":  {"hello", `has no certificates in PEM in the key "ca.crt"`},
		"a private key":   {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", `has a PRIVATE KEY in the key "ca.crt", which must have certificates only`},
		"an invalid one":  {valid + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", `has an invalid certificate in the key "ca.crt", number 2: x509: malformed certificate`},
		"one that is cut": {valid[:len(valid)/2], `has no certificates in PEM in the key "ca.crt"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, explainAuthorities("ca.crt", []byte(tc.text)))
		})
	}
}

// Pods are replaced when the authorities change. Those that cannot be used are reported, and leave the
// components as they are.
func TestTrust(t *testing.T) {
	t.Parallel()
	r := newReferring(t, `{trust: {configMapRef: {name: corporate}}, ollama: {models: ["llama2:7b"]}}`)
	configMap := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "corporate"}, Data: map[string]string{}}
	reconcile := func() (time.Duration, string) { return r.reconcile(v1alpha1.ReasonTrustNotUsable) }
	trusted := func() string { return r.annotation(v1alpha1.ComponentOllama, trustAnnotation) }

	retry, why := reconcile()
	assert.Equal(t, `ConfigMap "corporate" of spec.trust does not exist`, why)
	assert.Equal(t, conflictRetry, retry)
	assert.Equal(t, `deployments.apps "a-ollama" not found`, trusted())

	require.NoError(t, r.Create(t.Context(), configMap))
	_, why = reconcile()
	assert.Equal(t, `ConfigMap "corporate" of spec.trust has no certificates in PEM in the key "ca.crt"`, why)

	configMap.Data["ca.crt"] = newAuthority(t)
	require.NoError(t, r.Update(t.Context(), configMap))
	retry, why = reconcile()
	assert.Empty(t, why)
	assert.LessOrEqual(t, retry, referencesInterval)
	first := trusted()
	assert.Len(t, first, 16)

	configMap.Data = map[string]string{}
	require.NoError(t, r.Update(t.Context(), configMap))
	_, why = reconcile()
	assert.NotEmpty(t, why)
	assert.Equal(t, first, trusted())

	configMap.BinaryData = map[string][]byte{"ca.crt": []byte(newAuthority(t))}
	require.NoError(t, r.Update(t.Context(), configMap))
	_, why = reconcile()
	assert.Empty(t, why)
	assert.NotEqual(t, first, trusted())
}
