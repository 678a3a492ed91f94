// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/internal/ollama/registry"
)

const (
	// checkInterval is how often a registry is asked for the version of a tag, also if it does not answer.
	checkInterval = 24 * time.Hour
	// maxChecks is how many requests to registries may wait. More are made later.
	maxChecks = 1000
	// maxKnown is for how many tags the version is remembered.
	maxKnown = 10_000
)

// Updates knows which versions the tags of models have in their registries. It asks for one at a time, and
// for each once a day.
type Updates struct {
	// Digest returns the digest of a model in its registry.
	Digest func(context.Context, ollama.ModelName) (string, error)
	// Now is the clock.
	Now func() time.Time

	mutex  sync.Mutex
	known  *lru.Cache // of version, by ModelName.ListedKey
	checks chan check
}

// A version is what a registry answered.
type version struct {
	// digest is "" if it is not known.
	digest string
	// checkAt is when to ask again.
	checkAt time.Time
}

// A check is a request for the version of a model on behalf of an object.
type check struct {
	model  ollama.ModelName
	object client.ObjectKey
}

// NewUpdates returns Updates that have to be run.
func NewUpdates(digest func(context.Context, ollama.ModelName) (string, error), now func() time.Time) *Updates {
	return &Updates{Digest: digest, Now: now, known: lru.New(maxKnown), checks: make(chan check, maxChecks)}
}

// Run asks registries until the context is done, and calls answered for the object of each check.
func (u *Updates) Run(ctx context.Context, answered func(client.ObjectKey)) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-u.checks:
			digest, err := u.Digest(ctx, c.model)
			u.mutex.Lock()
			if before, ok := u.known.Get(c.model.ListedKey()); ok && err != nil {
				digest = before.(version).digest
			}
			u.known.Add(c.model.ListedKey(), version{digest, u.Now().Add(wait.Jitter(checkInterval, 0.1))})
			u.mutex.Unlock()
			answered(c.object)
		}
	}
}

// latest returns the digest of a model in its registry, "" if it is not known, and has it asked for if it
// is time to.
func (u *Updates) latest(model ollama.ModelName, object client.ObjectKey) string {
	if u == nil || !registry.IsPublic(model) {
		return ""
	}
	u.mutex.Lock()
	defer u.mutex.Unlock()
	found, _ := u.known.Get(model.ListedKey())
	known, _ := found.(version)
	if now := u.Now(); !known.checkAt.After(now) {
		select {
		case u.checks <- check{model, object}:
			known.checkAt = now.Add(checkInterval) // while it is asked
			u.known.Add(model.ListedKey(), known)
		default:
		}
	}
	return known.digest
}

// forget has a model asked for again, because it was just pulled.
func (u *Updates) forget(key string) {
	if u == nil {
		return
	}
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.known.Remove(key)
}
