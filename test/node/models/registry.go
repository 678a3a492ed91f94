// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package models is a double of registry.ollama.ai with models that it makes, whose failures and speed
// tests choose.
package models

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Hosts of the registry and of its blobs, which the original keeps on a host of their own.
const (
	Host     = "registry.ollama.ai"
	BlobHost = "blobs.ollama.test"
)

// A Mode is how the registry answers.
type Mode string

const (
	// Up is to answer as the original does.
	Up Mode = "up"
	// Refuse is to reset connections.
	Refuse Mode = "refuse"
	// Broken is to answer with status 500.
	Broken Mode = "broken"
	// Hang is to accept connections and never answer.
	Hang Mode = "hang"
)

// A Request is a request that the registry has received.
type Request struct {
	Time                time.Time
	Method, Path, Range string
}

// A Registry is a registry of models. Its methods can be called concurrently.
type Registry struct {
	mu       sync.Mutex
	models   map[string]model // by name:tag, without library/
	mode     Mode
	rate     int
	requests []Request
}

// NewRegistry returns a registry without models.
func NewRegistry() *Registry { return &Registry{models: map[string]model{}, mode: Up} }

// Add adds a model of the given size in bytes. The name has a tag: "llama2:7b".
func (r *Registry) Add(name string, size int) error {
	m, err := newModel(name, size)
	if err != nil {
		return fmt.Errorf("making the model %s: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.models[name] = m
	return nil
}

// SetMode sets how the registry answers, also on connections that are open.
func (r *Registry) SetMode(mode Mode) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mode = mode
}

// SetRate limits blobs to a number of bytes per second and connection; 0 means no limit.
func (r *Registry) SetRate(bytesPerSecond int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rate = bytesPerSecond
}

// Requests returns the requests for the manifest of a model.
func (r *Registry) Requests(name string) []Request {
	repository, tag, _ := strings.Cut(name, ":")
	if !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	path := "/v2/" + repository + "/manifests/" + tag
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Request
	for _, request := range r.requests {
		if request.Path == path {
			found = append(found, request)
		}
	}
	return slices.Clip(found)
}

func (r *Registry) state() (Mode, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mode, r.rate
}

func (r *Registry) manifest(name string) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, ok := r.models[name]
	return m.manifest, ok
}

func (r *Registry) blob(digest string) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.models {
		if blob, ok := m.blobs[digest]; ok {
			return blob, true
		}
	}
	return nil, false
}
