// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"regexp"
	"strings"
	"sync"
)

// ModelName names a model as Ollama does: "[host/][namespace/]model:tag".
type ModelName string

// ModelNamePattern matches model names by Ollama's grammar, except that the tag is required: every
// part starts with a letter, digit or "_", and only a host may contain ":". The CRD schema has the
// same pattern.
//
// Source: ollama/ollama, types/model/name.go.
const ModelNamePattern = `^(([A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}/)?[A-Za-z0-9_][A-Za-z0-9_-]{0,79}/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$`

// DefaultHost is the registry of models whose names have none.
const DefaultHost = "registry.ollama.ai"

// defaultNamespace is the namespace of models whose names have none.
const defaultNamespace = "library"

var modelNameRegexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(ModelNamePattern) })

// IsValid reports whether the name follows Ollama's grammar and has a tag.
func (m ModelName) IsValid() bool {
	return modelNameRegexp().MatchString(string(m))
}

// Short returns the name as Ollama lists it, without the default host and namespace.
// Names of the same model have equal short forms, up to case.
func (m ModelName) Short() string {
	name := strings.TrimPrefix(string(m), DefaultHost+"/")
	if rest, found := strings.CutPrefix(name, defaultNamespace+"/"); found && !strings.Contains(rest, "/") {
		return rest
	}
	return name
}

// Key returns an identifier that is equal for all names of a model. Ollama ignores case when it looks
// up a model, also that of the host and the namespace.
//
// Source: ollama/ollama, types/model/name.go (EqualFold, DisplayShortest).
func (m ModelName) Key() string { return ModelName(strings.ToLower(string(m))).Short() }

// ListedKey returns the Key of the name under which Ollama lists the model once it is pulled.
func (m ModelName) ListedKey() string { return m.pulled().Key() }

// pulled returns the model that Ollama pulls for the name. Names without a tag, which admission refuses,
// stand for the tag "latest".
func (m ModelName) pulled() ModelName {
	if m.tag() == "" {
		return ModelName(m.withoutTag() + ":latest")
	}
	pulled, _ := m.WithoutLocal()
	return pulled
}

// IsSame reports whether both names refer to the same model.
func (m ModelName) IsSame(other ModelName) bool {
	return m.Key() == other.Key()
}

// IsEmbedding reports whether the model is an embedding model, by common naming conventions.
func (m ModelName) IsEmbedding() bool {
	base := m.base()
	return strings.Contains(base, "embed") || strings.Contains(base, "minilm") ||
		strings.HasPrefix(base, "bge-") || strings.HasPrefix(base, "paraphrase-")
}

// IsCode reports whether the model is a code model. The names of codellama, starcoder, codegemma,
// codestral, qwen2.5-coder and others contain "code".
func (m ModelName) IsCode() bool {
	return strings.Contains(m.base(), "code") && !m.IsEmbedding()
}

// IsCloud reports whether Ollama forwards requests for the model to ollama.com.
//
// Source: ollama/ollama, internal/modelref/modelref.go.
func (m ModelName) IsCloud() bool {
	tag := strings.ToLower(m.tag())
	return tag == "cloud" || strings.HasSuffix(tag, "-cloud")
}

// WithoutLocal returns the model that Ollama pulls for the tag "local", and reports whether the name
// has that tag. Ollama interprets it as the place where the model runs.
//
// Source: ollama/ollama, internal/modelref/modelref.go.
func (m ModelName) WithoutLocal() (ModelName, bool) {
	if !strings.EqualFold(m.tag(), "local") {
		return m, false
	}
	return ModelName(m.withoutTag() + ":latest"), true
}

// Manifest returns the host of the model's registry, and the path of its manifest there.
//
// Source: ollama/ollama, server/images.go (pullModelManifest).
func (m ModelName) Manifest() (host, path string) {
	pulled := m.pulled()
	host, namespace := DefaultHost, defaultNamespace
	parts := strings.Split(pulled.withoutTag(), "/")
	switch last := len(parts) - 1; {
	case last >= 2:
		host, namespace = strings.Join(parts[:last-1], "/"), parts[last-1]
	case last == 1:
		namespace = parts[0]
	}
	return host, "/v2/" + namespace + "/" + parts[len(parts)-1] + "/manifests/" + pulled.tag()
}

// base returns the last segment of the name without the tag, in lower case.
func (m ModelName) base() string {
	name := m.withoutTag()
	return strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
}

// withoutTag returns the name without its tag. A ":" before the last "/" separates the port of a
// host.
func (m ModelName) withoutTag() string {
	if colon := strings.LastIndexByte(string(m), ':'); colon > strings.LastIndexByte(string(m), '/') {
		return string(m[:colon])
	}
	return string(m)
}

// tag returns the tag, "" if there is none.
func (m ModelName) tag() string {
	return strings.TrimPrefix(strings.TrimPrefix(string(m), m.withoutTag()), ":")
}
