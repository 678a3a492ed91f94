// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package registry asks registries of models, as Ollama does, which version of a model a tag has, and how
// large it is.
package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

const (
	// manifestType is the media type of a model's manifest.
	manifestType = "application/vnd.docker.distribution.manifest.v2+json"
	// maxManifest bounds a manifest, in bytes. Those of registry.ollama.ai have less than 2,000.
	maxManifest = 4 << 20
	// Timeout bounds a request in all.
	Timeout = 15 * time.Second
)

// publicHosts are registries that everybody may ask. The hosts of others come from users, who could have the
// operator connect to hosts that they cannot reach themselves.
var publicHosts = map[string]bool{"registry.ollama.ai": true, "hf.co": true, "huggingface.co": true}

// IsPublic reports whether the model's registry is a public one.
func IsPublic(name ollama.ModelName) bool {
	host, _ := name.Manifest()
	return publicHosts[strings.ToLower(host)]
}

// A StatusError is an answer of a registry, or of a proxy before it, that is no manifest.
type StatusError struct {
	// Code is the HTTP status.
	Code int
}

// Error returns the status.
func (e *StatusError) Error() string {
	return fmt.Sprintf("asking the registry: %d %s", e.Code, http.StatusText(e.Code))
}

// Digest returns the digest of a model's manifest in its registry, which is the one that Ollama lists for
// a model that it has pulled: 64 hexadecimal digits. It fails if the registry asks for credentials.
//
// Source: ollama/ollama, server/images.go (pullModelManifest, PullModel).
func Digest(ctx context.Context, client *http.Client, name ollama.ModelName) (string, error) {
	manifest, err := get(ctx, client, name, "https")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(manifest)
	return hex.EncodeToString(sum[:]), nil
}

// get returns what the registry has as a model's manifest.
func get(ctx context.Context, client *http.Client, name ollama.ModelName, scheme string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	host, path := name.Manifest()
	target := url.URL{Scheme: scheme, Host: host, Path: path}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("asking the registry: %w", err)
	}
	request.Header.Set("Accept", manifestType)
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the registry: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, &StatusError{response.StatusCode}
	}
	manifest, err := io.ReadAll(io.LimitReader(response.Body, maxManifest+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the manifest: %w", err)
	case len(manifest) > maxManifest:
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrNoManifest, maxManifest)
	}
	return manifest, nil
}
