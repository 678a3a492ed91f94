// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sshkey

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// A new key signs as its public half says.
func TestNew(t *testing.T) {
	t.Parallel()
	private, public, err := New(rand.Reader, "models/stack")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(private), "-----BEGIN OPENSSH PRIVATE KEY-----\n"))
	key, comment, _, rest, err := ssh.ParseAuthorizedKey(public)
	require.NoError(t, err)
	assert.Equal(t, "models/stack", comment)
	assert.Empty(t, rest)
	assert.Equal(t, 1, strings.Count(string(public), "\n"))
	signer, err := ssh.ParsePrivateKey(private)
	require.NoError(t, err)
	signature, err := signer.Sign(rand.Reader, []byte("a"))
	require.NoError(t, err)
	require.NoError(t, key.Verify([]byte("a"), signature))

	other, _, err := New(rand.Reader, "")
	require.NoError(t, err)
	assert.NotEqual(t, private, other)
}

func TestPublicKey(t *testing.T) {
	t.Parallel()
	private, public, err := New(rand.Reader, "a")
	require.NoError(t, err)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("secret"))
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := ssh.MarshalPrivateKey(elliptical, "")
	require.NoError(t, err)
	for name, tc := range map[string]struct{ private, err string }{
		"a key of OpenSSH":      {string(private), ""},
		"a key in PKCS #8":      {string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), ""},
		"another type":          {string(pem.EncodeToMemory(other)), "is of the type ecdsa-sha2-nistp256, but has to be ssh-ed25519"},
		"a passphrase":          {string(pem.EncodeToMemory(locked)), "is a key with a passphrase, which Ollama cannot ask for"},
		"a public key":          {string(public), "is not a private key of OpenSSH"},
		"nothing":               {"", "is missing"},
		"a key that is cut off": {string(private[:len(private)/2]), "is not a private key of OpenSSH"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, err := PublicKey([]byte(tc.private), "models/stack")
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Regexp(t, `^ssh-ed25519 [A-Za-z0-9+/=]{68} models/stack$`, line)
		})
	}
}
