// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// A Registry has the models that servers pull. Many servers may share it.
type Registry struct {
	rules func(name string) Entry

	mu      sync.Mutex
	entries map[string]Entry
	rates   map[string]int64
	rate    int64
	away    bool
}

// An Entry is what a registry has under a model's name. The zero Entry is a model that does not exist.
type Entry struct {
	// Layers are downloaded in this order.
	Layers []Layer
	// Rate is the rate of downloads in bytes per second; 0 means that a layer takes one Tick.
	Rate int64
	// Refusal is the HTTP status that the registry answers with, for example 412; 0 means none.
	Refusal int
	// Away means that the registry of this model cannot be reached.
	Away bool
	// PlainHTTP means that the registry of this model has no TLS.
	PlainHTTP bool
	// NoSpace means that the volume has no space for it.
	NoSpace bool
}

// A Layer is a blob.
type Layer struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// NewRegistry returns a registry that has what Add adds and what the rules say of other names. The
// rules may be nil.
func NewRegistry(rules func(name string) Entry) *Registry {
	return &Registry{rules: rules, entries: map[string]Entry{}, rates: map[string]int64{}}
}

// Layers returns the layers of a model of the size: the weights, a template and a configuration. The
// digests depend on the name and the size.
func Layers(name string, size int64) []Layer {
	const templateSize, configSize = 1500, 500
	digest := func(part string) string {
		return "sha256:" + hexSHA256(fmt.Sprintf("%s %d %s", key(name), size, part))
	}
	return []Layer{
		{digest("weights"), max(size-templateSize-configSize, 1)},
		{digest("template"), templateSize},
		{digest("configuration"), configSize},
	}
}

// Add adds a model of the size, or replaces it by another one, with another digest if the size differs.
func (r *Registry) Add(name string, size int64) {
	r.AddEntry(name, Entry{Layers: Layers(name, size)})
}

// AddEntry adds or replaces a model.
func (r *Registry) AddEntry(name string, entry Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries[key(name)] = entry
}

// Refuse makes the registry answer requests for a model with an HTTP status, for example 412.
func (r *Registry) Refuse(name string, status int) { r.AddEntry(name, Entry{Refusal: status}) }

// SetAway makes the registry unreachable, or reachable again. Downloads that run fail.
func (r *Registry) SetAway(away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = away
}

// SetRate sets the rate of downloads in bytes per second, also of those that run. 0 means that a layer
// takes one Tick.
func (r *Registry) SetRate(rate int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rate = rate
}

// SetModelRate sets the rate of a model, which takes precedence.
func (r *Registry) SetModelRate(name string, rate int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rates[key(name)] = rate
}

// entry returns the entry of a model, with the rate that applies.
func (r *Registry) entry(name string) Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	entry, found := r.entries[key(name)]
	if !found && r.rules != nil {
		entry = r.rules(name)
	}
	entry.Away = entry.Away || r.away
	if rate, found := r.rates[key(name)]; found {
		entry.Rate = rate
	} else if entry.Rate == 0 {
		entry.Rate = r.rate
	}
	return entry
}

// manifest returns the entry of a model, or the error of Ollama's request for the manifest.
func (r *Registry) manifest(name string, insecure bool) (Entry, error) {
	entry := r.entry(name)
	if entry.PlainHTTP && !insecure {
		return Entry{}, fmt.Errorf("pull model manifest: Get %q: http: server gave HTTP response to HTTPS client", manifestURL(name))
	}
	if err := entry.err(name); err != nil {
		return Entry{}, fmt.Errorf("pull model manifest: %w", err)
	}
	return entry, nil
}

// newerVersion is the text that registry.ollama.ai answers with.
const newerVersion = "\n\nThe model you are attempting to pull requires a newer version of Ollama.\n\n" +
	"Please download the latest version at:\n\n\thttps://ollama.com/download\n\n"

func (e Entry) err(name string) error {
	switch {
	case e.Away:
		return fmt.Errorf("Get %q: dial tcp: lookup registry.ollama.ai: no such host", manifestURL(name)) //nolint:staticcheck // Ollama's text
	case e.Refusal == http.StatusUnauthorized:
		return errors.New("unauthorized: access denied")
	case e.Refusal == http.StatusPreconditionFailed:
		return fmt.Errorf("%d: %s", e.Refusal, newerVersion)
	case e.Refusal == http.StatusNotFound, e.Refusal == 0 && len(e.Layers) == 0:
		return errors.New("file does not exist")
	case e.Refusal != 0:
		return fmt.Errorf("%d: %s", e.Refusal, http.StatusText(e.Refusal))
	default:
		return nil
	}
}

func manifestURL(name string) string {
	if !strings.Contains(name, "/") {
		name = "library/" + name
	}
	return "https://registry.ollama.ai/v2/" + strings.Replace(name, ":", "/manifests/", 1)
}

// digest returns the digest of the manifest, as Ollama lists it.
func (e Entry) digest() string {
	encoded, err := json.Marshal(e.Layers)
	if err != nil {
		return ""
	}
	return hexSHA256(string(encoded))
}

// size returns the size of all layers.
func (e Entry) size() (size int64) {
	for _, layer := range e.Layers {
		size += layer.Size
	}
	return size
}

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Digest returns the digest of a model's manifest, as servers list it; "" if there is no such model.
func (r *Registry) Digest(name string) string {
	entry := r.entry(name)
	if len(entry.Layers) == 0 {
		return ""
	}
	return entry.digest()
}
