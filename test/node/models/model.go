// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// A model is what the registry has of a model: a manifest, and the two blobs that it names.
type model struct {
	manifest []byte
	weights  string            // their digest
	blobs    map[string][]byte // by digest

	// Guarded by the registry's mutex.
	mode      Mode
	rate      int
	requests  int // for the manifest
	downloads int // of the weights
	private   bool
	reader    string // the public key that can pull it if it is private
}

// newModel returns a model without tensors of about the given size in bytes, which differs from those
// of other names. More is added to its configuration.
func newModel(name string, size int, more map[string]any) (*model, error) {
	weights := gguf(name, size)
	configuration := map[string]any{
		"model_format": "gguf", "model_family": "llama", "model_families": []string{"llama"},
		"model_type": name, // differs as well
		"file_type":  "Q4_0", "architecture": "amd64", "os": "linux",
	}
	maps.Copy(configuration, more)
	config, err := json.Marshal(configuration)
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2,
		"mediaType":     "application/vnd.docker.distribution.manifest.v2+json",
		"config":        descriptor("application/vnd.docker.container.image.v1+json", config),
		"layers":        []any{descriptor("application/vnd.ollama.image.model", weights)},
	})
	blobs := map[string][]byte{digest(weights): weights, digest(config): config}
	return &model{manifest: manifest, weights: digest(weights), blobs: blobs}, err
}

// Files returns what Ollama's folder of models has of a model that was pulled from the default registry, by their
// paths. The registry does not have to have it.
func Files(name string, size int) (map[string][]byte, error) {
	m, err := newModel(name, size, nil)
	if err != nil {
		return nil, fmt.Errorf("making the model %s: %w", name, err)
	}
	files := map[string][]byte{"manifests/" + Host + "/library/" + strings.ReplaceAll(name, ":", "/"): m.manifest}
	for digest, blob := range m.blobs {
		files["blobs/"+strings.ReplaceAll(digest, ":", "-")] = blob
	}
	return files, nil
}

func descriptor(mediaType string, blob []byte) map[string]any {
	return map[string]any{"mediaType": mediaType, "digest": digest(blob), "size": len(blob)}
}

func digest(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }

// Types of values.
const (
	ggufUint32 = 4
	ggufString = 8
)

// gguf returns a valid file without tensors, padded to the size.
//
// Source: ggml-org/ggml, docs/gguf.md.
func gguf(name string, size int) []byte {
	values := []struct {
		key   string
		value any
	}{
		{"general.architecture", "llama"},
		{"general.name", name},
		{"general.file_type", uint32(2)},
		{"llama.context_length", uint32(4096)},
		{"llama.embedding_length", uint32(64)},
		{"llama.block_count", uint32(1)},
		{"llama.attention.head_count", uint32(1)},
	}
	out := []byte("GGUF")
	out = binary.LittleEndian.AppendUint32(out, 3) // version
	out = binary.LittleEndian.AppendUint64(out, 0) // tensors
	out = binary.LittleEndian.AppendUint64(out, uint64(len(values)))
	for _, v := range values {
		out = appendString(out, v.key)
		switch value := v.value.(type) {
		case string:
			out = appendString(binary.LittleEndian.AppendUint32(out, ggufString), value)
		case uint32:
			out = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, ggufUint32), value)
		}
	}
	return append(out, bytes.Repeat([]byte{0}, max(0, size-len(out)))...)
}

func appendString(out []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(out, uint64(len(s))), s...)
}
