// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// A derivation derives the default of a field from other fields of the same object.
type derivation struct {
	// path leads to the field, by JSON names.
	path []string
	// from leads to the fields that decide the default, and rule says how, for users.
	from []string
	rule string
	// field returns the slot of the field; its get is nil if the component is absent.
	field func(*OllamaDeploymentSpec) slot
	// value returns the default, or nil to leave the field unset.
	value func(*OllamaDeployment) any
	// earlier returns the defaults that earlier versions derived from old, if the update changes
	// the fields that the current version derives it from.
	earlier func(d, old *OllamaDeployment) []any
	// lacks has a CEL expression that holds for specs to which the derivation adds the field. If
	// empty, it defaults to the absence of the field at path.
	lacks string
	// sources returns the values that the default is one of; nil stands for the default alone.
	sources func(*OllamaDeployment) []any
	// isExempt reports whether the field stays unset, because the stored object lacks it and the
	// update does not change the fields that it is derived from; nil if it never does.
	isExempt func(d, old *OllamaDeployment) bool
}

// derivations lists all derived defaults, in the order in which they are set.
var derivations = []derivation{
	resourceRequest(corev1.ResourceCPU, func(*OllamaDeployment) any { return DefaultOllamaCPU.DeepCopy() }, nil).
		explained(DefaultOllamaCPU.String()+" unless there is a limit, which Kubernetes uses as the request", "spec.ollama.resources.limits[cpu]"),
	resourceRequest(corev1.ResourceMemory, deriveMemory, earlierMemory).
		explained("the memory that the largest model needs with the settings, unless there is a limit, which Kubernetes uses as the request",
			"spec.ollama.models", "spec.ollama.settings", "spec.ollama.resources.limits"),
	{
		path:  []string{"spec", "tabby", "ollamaServiceName"},
		from:  []string{"metadata.name"},
		rule:  "the Service of this object's Ollama",
		field: tabbyField(func(t *TabbySpec) slot { return pointer(&t.OllamaServiceName) }),
		value: deriveServiceName,
	},
	{
		path:    []string{"spec", "tabby", "ollamaServicePort"},
		from:    []string{"spec.ollama.service.port", "spec.tabby.ollamaServiceName"},
		rule:    fmt.Sprintf("the port of this object's Ollama; %d if ollamaServiceName refers to another", DefaultOllamaPort),
		field:   tabbyField(func(t *TabbySpec) slot { return pointer(&t.OllamaServicePort) }),
		value:   deriveServicePort,
		sources: func(d *OllamaDeployment) []any { return []any{ownServicePort(d)} },
	},
	{
		path:  []string{"spec", "tabby", "modelName"},
		from:  []string{"spec.ollama.models"},
		rule:  "the first code model, or else the first that is not an embedding model, or else the first",
		field: tabbyField(func(t *TabbySpec) slot { return pointer(&t.ModelName) }),
		value: deriveModelName,
		sources: func(d *OllamaDeployment) []any {
			out := make([]any, 0, len(d.Spec.Ollama.Models))
			for _, model := range d.Spec.Ollama.Models {
				out = append(out, model)
			}
			return out
		},
	},
}

// set sets the field of a new object if it is unset. The static defaults must be set.
func (r derivation) set(d *OllamaDeployment) {
	field := r.field(&d.Spec)
	if field.get != nil && field.get() == nil {
		field.set(r.value(d))
	}
}

// update sets the field of an updated object if it is unset or has to follow its source.
func (r derivation) update(d, old *OllamaDeployment) {
	field := r.field(&d.Spec)
	if field.get == nil {
		return
	}
	current, value := field.get(), r.value(d)
	switch {
	case equality.Semantic.DeepEqual(current, value): // an equal quantity may be written otherwise
	case current == nil && (r.isExempt == nil || !r.isExempt(d, old)), current != nil && r.follows(current, d, old):
		field.set(value)
	}
}

// follows reports whether the current value was derived in the old object, the update does not
// change it, and neither a field manager nor kubectl's manifest sets it.
func (r derivation) follows(current any, d, old *OllamaDeployment) bool {
	field := r.field(&old.Spec)
	if field.get == nil {
		return false
	}
	was := field.get()
	values := []any{r.value(old)}
	if r.earlier != nil {
		values = append(values, r.earlier(d, old)...)
	}
	derived := slices.ContainsFunc(values, func(value any) bool { return equality.Semantic.DeepEqual(was, value) })
	return was != nil && derived && equality.Semantic.DeepEqual(was, current) && !d.isSetByUser(r.path, old)
}

// explained returns the derivation with the words for users.
func (r derivation) explained(rule string, from ...string) derivation {
	r.rule, r.from = rule, from
	return r
}

// RepeatsSource reports whether the field at the path, for example "spec.tabby.modelName", has the
// value of a field that its default is derived from, or the default itself.
func (d *OllamaDeployment) RepeatsSource(path string) bool {
	for _, row := range derivations {
		if strings.Join(row.path, ".") != path {
			continue
		}
		field := row.field(&d.Spec)
		if field.get == nil || field.get() == nil {
			return false
		}
		sources := []any{row.value(d)}
		if row.sources != nil {
			sources = row.sources(d)
		}
		return slices.ContainsFunc(sources, func(source any) bool { return equality.Semantic.DeepEqual(source, field.get()) })
	}
	return false
}

func tabbyField(field func(*TabbySpec) slot) func(*OllamaDeploymentSpec) slot {
	return func(s *OllamaDeploymentSpec) slot {
		if s.Tabby == nil {
			return slot{}
		}
		return field(s.Tabby)
	}
}

// deriveServiceName returns nil if the API server has yet to generate the name from
// metadata.generateName.
func deriveServiceName(d *OllamaDeployment) any {
	if d.Name == "" {
		return nil
	}
	return ChildName(d.Name, ComponentOllama)
}

func deriveServicePort(d *OllamaDeployment) any {
	if !d.TabbyUsesOwnOllama() {
		return DefaultOllamaPort
	}
	return ownServicePort(d)
}

// ownServicePort returns ollama.service.port, nil if it is unset.
func ownServicePort(d *OllamaDeployment) any {
	if service := d.Spec.Ollama.Service; service != nil && service.Port != nil {
		return *service.Port
	}
	return nil
}

func deriveModelName(d *OllamaDeployment) any {
	models := d.Spec.Ollama.Models
	for _, match := range []func(ollama.ModelName) bool{ollama.ModelName.IsCode, isNotEmbedding, isAny} {
		for _, model := range models {
			if match(model.Name()) {
				return model
			}
		}
	}
	return nil
}

func isNotEmbedding(m ollama.ModelName) bool { return !m.IsEmbedding() }

func isAny(ollama.ModelName) bool { return true }
