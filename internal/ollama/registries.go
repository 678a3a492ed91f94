// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"slices"
	"strings"
)

// Registries says where models are pulled from. The zero value is Ollama's default: each model is pulled
// from the registry in its name, by HTTPS.
type Registries struct {
	// Mirror is the host of a registry with the models of the default registry, "" if there is none.
	Mirror string
	// Insecure lists the hosts that are asked by plain HTTP.
	Insecure []string
}

// A Download says how a model is pulled.
type Download struct {
	// Model is the name under which Ollama has the model in the end.
	Model string
	// From is the name that is pulled. If it differs from Model, the model is copied.
	From string
	// Insecure reports whether the registry is asked by plain HTTP.
	Insecure bool
}

// Download returns how the model is pulled.
func (r Registries) Download(m ModelName) Download {
	pulled, _ := m.WithoutLocal()
	host, _ := pulled.Manifest()
	out := Download{Model: string(m), From: string(m)}
	if r.Mirror != "" && strings.EqualFold(host, DefaultHost) {
		host = r.Mirror
		out = Download{Model: string(pulled), From: r.Mirror + "/" + pulled.path()}
	}
	out.Insecure = slices.ContainsFunc(r.Insecure, func(insecure string) bool { return strings.EqualFold(insecure, host) })
	return out
}

// IsMirrored reports whether the model is pulled under another name.
func (d Download) IsMirrored() bool { return d.From != d.Model }

// path returns the name without a host, as "namespace/model:tag".
func (m ModelName) path() string {
	parts := strings.Split(string(m), "/")
	if len(parts) == 1 {
		return defaultNamespace + "/" + parts[0]
	}
	return strings.Join(parts[len(parts)-2:], "/")
}
