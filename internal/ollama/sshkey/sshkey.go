// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package sshkey makes and reads the SSH keys by which Ollama is known to registries.
package sshkey

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/ssh"
)

// New returns a new key as Ollama makes it: the private key in the format of OpenSSH, and the public one as a
// line of authorized_keys with the comment.
//
// Source: ollama/ollama, cmd/cmd.go (initializeKeypair).
func New(random io.Reader, comment string) (private, public []byte, err error) {
	_, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, nil, fmt.Errorf("drawing a key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(key, comment)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding a key: %w", err)
	}
	private = pem.EncodeToMemory(block)
	line, err := PublicKey(private, comment)
	return private, []byte(line + "\n"), err
}

// Errors of PublicKey. They have no part of the key.
var (
	errMissing    = errors.New("is missing")
	errNoKey      = errors.New("is not a private key of OpenSSH")
	errPassphrase = errors.New("is a key with a passphrase, which Ollama cannot ask for")
)

// PublicKey returns the public half of a private key that Ollama can read, as a line of authorized_keys with the
// comment and without a newline. An error completes a sentence about the key, and has no part of it.
//
// Source: ollama/ollama, auth/auth.go (Sign).
func PublicKey(private []byte, comment string) (string, error) {
	if len(private) == 0 {
		return "", errMissing
	}
	signer, err := ssh.ParsePrivateKey(private)
	switch missing := (*ssh.PassphraseMissingError)(nil); {
	case errors.As(err, &missing):
		return "", errPassphrase
	case err != nil:
		return "", errNoKey
	case signer.PublicKey().Type() != ssh.KeyAlgoED25519:
		return "", fmt.Errorf("is of the type %s, but has to be %s", signer.PublicKey().Type(), ssh.KeyAlgoED25519)
	}
	line := string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	if comment != "" {
		line += " " + comment
	}
	return line, nil
}
