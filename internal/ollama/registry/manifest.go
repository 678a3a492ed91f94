// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// A Manifest says how large a model is.
type Manifest struct {
	// Blobs has the size of each blob by its digest, in bytes. Models that share one store it once.
	Blobs map[string]int64
	// Weights is the size of what is loaded into memory, in bytes.
	Weights int64
}

// loaded has the media types of the layers that are loaded into memory. Others are texts and settings.
//
// Source: ollama/ollama, server/images.go (GetModel) and manifest/layer.go, v0.32.15.
var loaded = map[string]bool{
	"application/vnd.ollama.image.model":     true,
	"application/vnd.ollama.image.adapter":   true,
	"application/vnd.ollama.image.projector": true,
	"application/vnd.ollama.image.tensor":    true,
	"application/vnd.ollama.image.draft":     true,
}

// maxModel bounds the size of a model, in bytes, so that the sum of many does not overflow.
const maxModel = 1 << 50

// ErrNoManifest means that an answer is not the manifest of a model.
var ErrNoManifest = errors.New("reading the manifest: it is none of a model")

// Get returns the manifest of a model that is pulled from the registry in its name, by plain HTTP if it is
// insecure. Whoever gives the name has the client connect to any host. Its errors are a StatusError,
// ErrNoManifest, a url.Error if there is no answer, and others if an answer broke off.
//
// Source: ollama/ollama, server/images.go (pullModelManifest) and manifest/manifest.go, v0.32.15.
func Get(ctx context.Context, client *http.Client, name ollama.ModelName, insecure bool) (Manifest, error) {
	scheme := "https"
	if insecure {
		scheme = "http"
	}
	text, err := get(ctx, client, name, scheme)
	if err != nil {
		return Manifest{}, err
	}
	return parse(text)
}

// A layer is a part of a model.
type layer struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// parse returns the sizes in a manifest.
func parse(text []byte) (Manifest, error) {
	var read struct {
		Config layer   `json:"config"`
		Layers []layer `json:"layers"`
	}
	if err := json.Unmarshal(text, &read); err != nil || len(read.Layers) == 0 {
		return Manifest{}, ErrNoManifest
	}
	manifest, sum := Manifest{Blobs: map[string]int64{}}, int64(0)
	for _, one := range append(read.Layers, read.Config) {
		if one.Size < 0 || one.Size > maxModel-sum {
			return Manifest{}, ErrNoManifest
		}
		sum += one.Size
		manifest.Blobs[one.Digest] = max(manifest.Blobs[one.Digest], one.Size)
		if loaded[one.MediaType] {
			manifest.Weights += one.Size
		}
	}
	return manifest, nil
}
