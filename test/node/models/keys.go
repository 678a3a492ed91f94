// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/crypto/ssh"
)

// SetReader makes a model, which the registry has, private: only whoever has the private half of the key can
// pull it. The key is a line of authorized_keys; with another text, nobody can.
func (r *Registry) SetReader(name, key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.models[name].private, r.models[name].reader = true, key
}

// private returns what serves a model only to whoever may read it. The host of the blobs serves
// everybody who knows their URLs.
func (r *Registry) private(serve func(http.ResponseWriter, *http.Request, *model)) func(http.ResponseWriter, *http.Request, *model) {
	return func(w http.ResponseWriter, req *http.Request, m *model) {
		if r.mayRead(req, m) {
			serve(w, req, m)
		} else {
			challenge(w)
		}
	}
}

// mayRead reports whether a request has a token of the reader of its model.
func (r *Registry) mayRead(req *http.Request, m *model) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	fields := strings.Fields(m.reader) // type, key, comment
	return !m.private || len(fields) > 1 && req.Header.Get("Authorization") == "Bearer "+fields[1]
}

// challenge asks the client for a token.
func challenge(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="https://`+Host+`/token",service="`+Host+`",scope="repository:private:pull"`)
	w.WriteHeader(http.StatusUnauthorized)
}

// serveToken gives a client that signs its request a token, which is the public half of its key. The scheme and the
// host of the URL that the client signs are not in the request.
//
// Source: ollama/ollama, server/auth.go (getAuthorizationToken) and auth/auth.go (Sign).
func serveToken(w http.ResponseWriter, req *http.Request) {
	empty := sha256.Sum256(nil)
	signed := fmt.Sprintf("%s,https://%s%s,%s", req.Method, Host, req.URL.RequestURI(), base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(empty[:]))))
	key, signature, _ := strings.Cut(req.Header.Get("Authorization"), ":")
	if err := verify(key, signature, signed); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"token": key}) // the client has gone
}

func verify(key, signature, signed string) error {
	keyData, keyErr := base64.StdEncoding.DecodeString(key)
	signatureData, signatureErr := base64.StdEncoding.DecodeString(signature)
	if err := errors.Join(keyErr, signatureErr); err != nil {
		return err
	}
	public, err := ssh.ParsePublicKey(keyData)
	if err != nil {
		return err
	}
	return public.Verify([]byte(signed), &ssh.Signature{Format: public.Type(), Blob: signatureData})
}
