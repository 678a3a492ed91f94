// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package models is a double of registry.ollama.ai with models that it makes, whose failures and speed
// tests choose.
package models

import (
	"fmt"
	"sync"
)

// Hosts of the registry and of its blobs, which the original keeps on a host of their own.
const (
	Host     = "registry.ollama.ai"
	BlobHost = "blobs.ollama.test"
)

// Port is where the registry listens beside 443, as registries of one's own do.
const Port = "8443"

// A Mode is how the registry answers requests for a model.
type Mode string

const (
	// Up is to answer as the original does.
	Up Mode = ""
	// Away is to close the connection without an answer.
	Away Mode = "away"
	// Broken is to answer with status 500.
	Broken Mode = "broken"
)

// A Registry is a registry of models, each with its own mode and rate. Its methods can be called
// concurrently.
type Registry struct {
	// BlobURL is where blobs are, of this registry itself if it is set; else they are on BlobHost.
	BlobURL string

	mu     sync.Mutex
	models map[string]*model // by name:tag, without library/
}

// NewRegistry returns a registry without models.
func NewRegistry() *Registry { return &Registry{models: map[string]*model{}} }

// Add adds a model of the given size in bytes. The name has a tag: "llama2:7b".
func (r *Registry) Add(name string, size int) error { return r.add(name, size, nil) }

// AddRemote adds a model whose prompts Ollama passes on to another Ollama at a URL, if OLLAMA_REMOTES has its
// host.
//
// Source: ollama/ollama, types/model/config.go and server/routes.go (GenerateHandler).
func (r *Registry) AddRemote(name, url string) error {
	return r.add(name, 1_000, map[string]any{"remote_host": url, "remote_model": name})
}

func (r *Registry) add(name string, size int, config map[string]any) error {
	m, err := newModel(name, size, config)
	if err != nil {
		return fmt.Errorf("making the model %s: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.models[name] = m
	return nil
}

// SetMode sets how the registry answers for a model, which it has, also on connections that are open.
func (r *Registry) SetMode(name string, mode Mode) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.models[name].mode = mode
}

// SetRate limits the blobs of a model, which the registry has, to a number of bytes per second and
// connection; 0 means no limit.
func (r *Registry) SetRate(name string, bytesPerSecond int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.models[name].rate = bytesPerSecond
}

// Requests returns how often the manifest of a model, which the registry has, was asked for.
func (r *Registry) Requests(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.models[name].requests
}

// Downloads returns how often the weights of a model, which the registry has, were asked for. Ollama asks
// once for weights of less than 200 MB, unless the download is interrupted.
func (r *Registry) Downloads(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.models[name].downloads
}

// state returns the mode and the rate of a model.
func (r *Registry) state(m *model) (Mode, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return m.mode, m.rate
}

// byName returns a model, and counts the request for its manifest.
func (r *Registry) byName(name string) *model {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.models[name]
	if m != nil {
		m.requests++
	}
	return m
}

// byData returns the model that has a blob, and counts the download if it is of weights.
func (r *Registry) byData(digest string) *model {
	m := r.byBlob(digest)
	r.mu.Lock()
	defer r.mu.Unlock()
	if m != nil && m.weights == digest {
		m.downloads++
	}
	return m
}

// byBlob returns the model that has a blob; no two have the same.
func (r *Registry) byBlob(digest string) *model {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.models {
		if _, ok := m.blobs[digest]; ok {
			return m
		}
	}
	return nil
}
