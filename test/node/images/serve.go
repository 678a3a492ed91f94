// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// ServeHTTP serves what a client needs to pull an image.
//
// Source: opencontainers/distribution-spec, spec.md.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	data, mediaType, status := r.get(strings.TrimPrefix(req.URL.Path, "/v2/"))
	if status != http.StatusOK {
		http.Error(w, http.StatusText(status), status)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(data))
}

// get returns what a path below /v2/ names, which is empty or REPOSITORY/(manifests|blobs)/REFERENCE.
func (r *Registry) get(path string) (data []byte, mediaType string, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if path == "" {
		return nil, "application/json", http.StatusOK
	}
	mediaType = "application/octet-stream"
	_, digest, _ := strings.Cut(path, "/blobs/")
	if repository, reference, ok := strings.Cut(path, "/manifests/"); ok {
		mediaType, digest = manifestType, reference
		if !strings.HasPrefix(reference, "sha256:") {
			name := repository + ":" + reference
			if r.away[name] {
				return nil, "", http.StatusServiceUnavailable
			}
			digest = r.tags[name]
		}
	}
	data, ok := r.blobs[digest]
	if !ok {
		return nil, "", http.StatusNotFound
	}
	if mediaType == manifestType {
		mediaType = mediaTypeOf(data)
	}
	return data, mediaType, http.StatusOK
}

// mediaTypeOf returns the media type of a manifest or of an index of manifests.
func mediaTypeOf(manifest []byte) string {
	var typed struct {
		MediaType string `json:"mediaType"`
	}
	if err := json.Unmarshal(manifest, &typed); err != nil || typed.MediaType == "" {
		return manifestType
	}
	return typed.MediaType
}
