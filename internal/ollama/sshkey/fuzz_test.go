// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sshkey

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The public half of whatever a Secret has is one line of an Ed25519 key, or an error without a part of the key.
func FuzzPublicKey(f *testing.F) {
	private, _, err := New(rand.Reader, "")
	require.NoError(f, err)
	f.Add(private)
	f.Add([]byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		line, err := PublicKey(data, "team/stack")
		if err != nil {
			assert.Empty(t, line)
			for known := range strings.FieldsSeq(string(data)) {
				assert.False(t, len(known) > 16 && strings.Contains(err.Error(), known), err)
			}
			return
		}
		assert.Regexp(t, `\Assh-ed25519 [A-Za-z0-9+/=]+ team/stack\z`, line)
	})
}
