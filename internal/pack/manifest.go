// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package pack

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// maxManifest is the number of bytes of a manifest that registries have to accept.
//
// Source: opencontainers/distribution-spec, spec.md (Pushing Manifests), v1.1.
const maxManifest = 4 << 20

// A descriptor names a blob of a model by its digest, and has its size in bytes.
type descriptor struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// digestRegexp matches digests in lower case, as registries and Ollama write them.
//
// Source: opencontainers/image-spec, descriptor.md (SHA-256), v1.1.
var digestRegexp = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// file returns the path of the blob in the folder of models.
//
// Source: ollama/ollama, manifest/paths.go (BlobsPath), v0.32.15.
func (d descriptor) file() string {
	return blobsFolder + "/" + strings.Replace(d.Digest, ":", "-", 1)
}

// A manifest is what is read of a model's manifest.
//
// Source: ollama/ollama, manifest/manifest.go (Manifest), v0.32.15.
type manifest struct {
	Config descriptor   `json:"config"`
	Layers []descriptor `json:"layers"`
}

// parseManifest returns the blobs that a model's manifest names, each once, in its order. All have valid
// digests, so that the paths of their files stay in the folder, and there is at least one.
func parseManifest(data []byte) ([]descriptor, error) {
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("is not a manifest: %w", err)
	}
	blobs := make([]descriptor, 0, len(m.Layers)+1)
	seen := make(map[string]bool, len(m.Layers)+1)
	add := func(field string, blob descriptor) error {
		if !digestRegexp.MatchString(blob.Digest) {
			return fmt.Errorf("%s.digest: %q must be \"sha256:\" and 64 hexadecimal digits in lower case", field, blob.Digest)
		}
		if !seen[blob.Digest] {
			seen[blob.Digest] = true
			blobs = append(blobs, blob)
		}
		return nil
	}
	for i, layer := range m.Layers {
		if err := add(fmt.Sprintf("layers[%d]", i), layer); err != nil {
			return nil, err
		}
	}
	// Ollama ignores a configuration without a digest.
	if m.Config.Digest != "" {
		if err := add("config", m.Config); err != nil {
			return nil, err
		}
	}
	if len(blobs) == 0 {
		return nil, errors.New("is not a manifest: it names no layers")
	}
	return blobs, nil
}
