package v1alpha1

import (
	"regexp"
	"strings"
)

// ModelPattern is Ollama's grammar of a model name, "[host/][namespace/]model:tag",
// with the tag made mandatory: every part starts with a letter, digit or "_", and
// only a host may hold ":". It is the pattern of the CRD schema too.
//
// Source: ollama/ollama, types/model/name.go.
const ModelPattern = `^(([A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}/)?[A-Za-z0-9_][A-Za-z0-9_-]{0,79}/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$`

// What Ollama puts in for the parts that a model name leaves out.
const (
	defaultModelHost      = "registry.ollama.ai"
	defaultModelNamespace = "library"
)

var modelRegexp = regexp.MustCompile(ModelPattern)

// Valid tells whether the name follows Ollama's grammar and has a tag.
func (m OllamaModel) Valid() bool {
	return modelRegexp.MatchString(string(m))
}

// Normal is the name as Ollama lists it: without the default host and
// namespace. Two names of one model have equal normal forms but for case, which
// Ollama ignores when it looks a model up.
func (m OllamaModel) Normal() string {
	name := strings.TrimPrefix(string(m), defaultModelHost+"/")
	if rest, found := strings.CutPrefix(name, defaultModelNamespace+"/"); found && !strings.Contains(rest, "/") {
		return rest
	}
	return name
}

// Same tells whether both names mean the same model.
func (m OllamaModel) Same(other OllamaModel) bool {
	return strings.EqualFold(m.Normal(), other.Normal())
}

// IsEmbedding tells, by the usual names, whether the model makes embeddings
// rather than text.
func (m OllamaModel) IsEmbedding() bool {
	base := m.base()
	return strings.Contains(base, "embed") || strings.Contains(base, "minilm") ||
		strings.HasPrefix(base, "bge-") || strings.HasPrefix(base, "paraphrase-")
}

// IsCloud reports whether Ollama passes requests for the model on to ollama.com.
//
// Source: ollama/ollama, internal/modelref/modelref.go.
func (m OllamaModel) IsCloud() bool {
	tag := strings.ToLower(m.tag())
	return tag == "cloud" || strings.HasSuffix(tag, "-cloud")
}

// WithoutLocal returns the model that Ollama takes for one with the tag "local", which
// says where a model runs, and reports whether the model has that tag.
//
// Source: ollama/ollama, internal/modelref/modelref.go.
func (m OllamaModel) WithoutLocal() (OllamaModel, bool) {
	if !strings.EqualFold(m.tag(), "local") {
		return m, false
	}
	return OllamaModel(m.path() + ":latest"), true
}

// IsCode tells, by the usual names, whether the model is made for code:
// codellama, starcoder, codegemma, codestral, qwen2.5-coder and their like all
// carry "code" in their name.
func (m OllamaModel) IsCode() bool {
	return strings.Contains(m.base(), "code") && !m.IsEmbedding()
}

// base is the last part of the name without its tag, in lower case.
func (m OllamaModel) base() string {
	name := m.path()
	return strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
}

// path is the name without its tag. A ":" before the last "/" is a host's port.
func (m OllamaModel) path() string {
	if colon := strings.LastIndexByte(string(m), ':'); colon > strings.LastIndexByte(string(m), '/') {
		return string(m[:colon])
	}
	return string(m)
}

// tag is what follows the path, empty if there is none.
func (m OllamaModel) tag() string {
	return strings.TrimPrefix(strings.TrimPrefix(string(m), m.path()), ":")
}
