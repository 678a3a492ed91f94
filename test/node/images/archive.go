// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package images

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// AddArchive adds the image in an archive of the OCI image layout, for one platform or more, and
// replaces one of the same name.
func (r *Registry) AddArchive(name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the archive of %s: %w", name, err)
	}
	defer file.Close()
	var index struct {
		Manifests []struct {
			Digest string `json:"digest"`
		} `json:"manifests"`
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for archive := tar.NewReader(file); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the archive of %s: %w", name, err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return fmt.Errorf("reading the archive of %s: %w", name, err)
		}
		r.store("", data) // files of the layout itself do no harm
		if header.Name == "index.json" {
			if err := json.Unmarshal(data, &index); err != nil {
				return fmt.Errorf("reading the index of %s: %w", name, err)
			}
		}
	}
	if len(index.Manifests) != 1 {
		return fmt.Errorf("the archive of %s has %d images", name, len(index.Manifests))
	}
	r.tags[name] = index.Manifests[0].Digest
	return nil
}
