// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"net/http"
	"strings"
)

// ServeHTTP answers requests for manifests, whatever the host, as registries of Ollama's models do. Those of a
// model that is away break off.
func (r *Registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	name, tag, found := strings.Cut(strings.TrimPrefix(request.URL.Path, "/v2/"), "/manifests/")
	entry := r.entry(name + ":" + tag)
	switch {
	case entry.Away:
		panic(http.ErrAbortHandler)
	case entry.Refusal != 0:
		http.Error(w, http.StatusText(entry.Refusal), entry.Refusal)
	case !found || len(entry.Layers) == 0:
		http.NotFound(w, request)
	default:
		writeJSON(w, http.StatusOK, entry.manifest())
	}
}

// manifest returns the manifest of a model, whose first layer is its weights and whose last one is its
// configuration.
func (e Entry) manifest() any {
	type layer struct {
		MediaType string `json:"mediaType"`
		Layer
	}
	last := len(e.Layers) - 1
	layers := make([]layer, 0, last)
	for _, one := range e.Layers[:last] {
		kind := "application/vnd.ollama.image.template"
		if len(layers) == 0 {
			kind = "application/vnd.ollama.image.model"
		}
		layers = append(layers, layer{kind, one})
	}
	return map[string]any{
		"schemaVersion": 2,
		"mediaType":     "application/vnd.docker.distribution.manifest.v2+json",
		"config":        layer{"application/vnd.docker.container.image.v1+json", e.Layers[last]},
		"layers":        layers,
	}
}
