// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// A Volume stores models. Servers may share it, as pods share a volume.
type Volume struct {
	mu       sync.Mutex
	models   map[string]stored // by key
	blobs    map[string]int64  // complete, by digest
	partials map[string]int64  // bytes of downloads that were broken off, by digest
	capacity int64
}

type stored struct {
	name     string
	entry    Entry
	modified time.Time
}

// NewVolume returns an empty volume.
func NewVolume() *Volume {
	return &Volume{models: map[string]stored{}, blobs: map[string]int64{}, partials: map[string]int64{}}
}

// SetCapacity limits the bytes of the volume; 0 means no limit.
func (v *Volume) SetCapacity(bytes int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.capacity = bytes
}

// Models returns the names of the models, sorted.
func (v *Volume) Models() []string {
	models := v.list()
	names := make([]string, 0, len(models))
	for _, model := range models {
		names = append(names, model.name)
	}
	return names
}

// Partial returns how many bytes of unfinished downloads are there.
func (v *Volume) Partial() (bytes int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, completed := range v.partials {
		bytes += completed
	}
	return bytes
}

// Delete deletes a model and the layers that no other model has. It reports whether it was there.
func (v *Volume) Delete(name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, found := v.models[key(name)]; !found {
		return false
	}
	delete(v.models, key(name))
	used := map[string]bool{}
	for _, model := range v.models {
		for _, layer := range model.entry.Layers {
			used[layer.Digest] = true
		}
	}
	maps.DeleteFunc(v.blobs, func(digest string, _ int64) bool { return !used[digest] })
	return true
}

// Touch sets the time at which a model was stored.
func (v *Volume) Touch(name string, modified time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	model := v.models[key(name)]
	model.modified = modified
	v.models[key(name)] = model
}

func (v *Volume) list() []stored {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.SortedFunc(maps.Values(v.models), func(a, b stored) int { return cmp.Compare(a.name, b.name) })
}

func (v *Volume) has(name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, found := v.models[key(name)]
	return found
}

// put stores a model whose layers are there.
func (v *Volume) put(name string, entry Entry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if before, found := v.models[key(name)]; found {
		name = before.name // Ollama keeps the case of the first pull
	}
	v.models[key(name)] = stored{name, entry, time.Now()}
}

func (v *Volume) hasBlob(digest string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, found := v.blobs[digest]
	return found
}

func (v *Volume) partial(digest string) int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.partials[digest]
}

var errNoSpace = errors.New("write /root/.ollama/models/blobs/sha256-partial: no space left on device")

// write stores the bytes of a layer that are complete.
func (v *Volume) write(layer Layer, completed int64) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.capacity > 0 && v.usedWithout(layer.Digest)+completed > v.capacity {
		return errNoSpace
	}
	if completed < layer.Size {
		v.partials[layer.Digest] = completed
		return nil
	}
	delete(v.partials, layer.Digest)
	v.blobs[layer.Digest] = layer.Size
	return nil
}

// usedWithout returns the bytes of all layers but one.
func (v *Volume) usedWithout(except string) (bytes int64) {
	for _, sizes := range []map[string]int64{v.blobs, v.partials} {
		for digest, size := range sizes {
			if digest != except {
				bytes += size
			}
		}
	}
	return bytes
}

// copy stores a model under another name, too. It reports whether the model is there.
func (v *Volume) copy(source, name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	found, ok := v.models[key(source)]
	if ok {
		v.models[key(name)] = stored{name, found.entry, time.Now()}
	}
	return ok
}
