// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package images makes OCI images of Debian packages and single files, and serves them as a registry.
// Everything is in memory.
package images

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
)

// Media types of the OCI image specification.
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"
)

// A Config is how containers of an image run.
type Config struct {
	Entrypoint []string `json:",omitempty"`
	Cmd        []string `json:",omitempty"`
	Env        []string `json:",omitempty"`
	WorkingDir string   `json:",omitempty"`
	User       string   `json:",omitempty"`
}

// A Registry holds images and serves them, whatever host its clients believe it to be. Its methods
// can be called concurrently.
type Registry struct {
	mu    sync.Mutex
	blobs map[string][]byte // by digest
	tags  map[string]string // digests of manifests, by repository:tag
	away  map[string]bool   // by repository:tag
}

// NewRegistry returns a registry without images.
func NewRegistry() *Registry {
	return &Registry{blobs: map[string][]byte{}, tags: map[string]string{}, away: map[string]bool{}}
}

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

// Add adds an image of layers, which are tar archives, and replaces one of the same name. The name has
// no host: "ollama/ollama:latest".
func (r *Registry) Add(name string, config Config, layers ...[]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	descriptors := make([]descriptor, 0, len(layers))
	diffs := make([]string, 0, len(layers))
	for _, layer := range layers {
		d := r.store(layerType, layer)
		descriptors, diffs = append(descriptors, d), append(diffs, d.Digest)
	}
	encoded, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "config": config,
		"rootfs": map[string]any{"type": "layers", "diff_ids": diffs},
	})
	if err != nil {
		return fmt.Errorf("encoding the config of %s: %w", name, err)
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": manifestType,
		"config": r.store(configType, encoded), "layers": descriptors,
	})
	if err != nil {
		return fmt.Errorf("encoding the manifest of %s: %w", name, err)
	}
	r.tags[name] = r.store(manifestType, manifest).Digest
	return nil
}

// Copy gives an image another name.
func (r *Registry) Copy(from, to string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tags[to] = r.tags[from]
}

// SetAway makes the registry fail to answer for the name of an image, or answer again.
func (r *Registry) SetAway(name string, away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away[name] = away
}

func (r *Registry) store(mediaType string, data []byte) descriptor {
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data))
	r.blobs[digest] = data
	return descriptor{mediaType, digest, len(data)}
}
