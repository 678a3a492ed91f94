package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// A derivation is a default that follows other fields of the same object.
type derivation[T any] struct {
	// path leads to the field, by JSON names.
	path []string
	// field is where the value stands; nil when the component is absent.
	field func(*OllamaDeploymentSpec) **T
	// value is what the field follows; nil when nothing can be derived.
	value func(*OllamaDeployment) *T
}

var (
	ollamaResources = derivation[ResourceRequirements]{
		path:  []string{"spec", "ollama", "resources"},
		field: func(s *OllamaDeploymentSpec) **ResourceRequirements { return &s.Ollama.Resources },
		value: deriveResources,
	}
	tabbyServiceName = derivation[string]{
		path:  []string{"spec", "tabby", "ollamaServiceName"},
		field: tabbyField(func(t *TabbySpec) **string { return &t.OllamaServiceName }),
		value: deriveServiceName,
	}
	tabbyServicePort = derivation[int32]{
		path:  []string{"spec", "tabby", "ollamaServicePort"},
		field: tabbyField(func(t *TabbySpec) **int32 { return &t.OllamaServicePort }),
		value: deriveServicePort,
	}
	tabbyModelName = derivation[OllamaModel]{
		path:  []string{"spec", "tabby", "modelName"},
		field: tabbyField(func(t *TabbySpec) **OllamaModel { return &t.ModelName }),
		value: deriveModelName,
	}
)

// setDerived fills in the derived defaults and lets those follow that nobody
// changed. The static defaults must be set.
func (d *OllamaDeployment) setDerived(old *OllamaDeployment) {
	ollamaResources.set(d, old)
	tabbyServiceName.set(d, old)
	tabbyServicePort.set(d, old)
	tabbyModelName.set(d, old)
}

func (r derivation[T]) set(d, old *OllamaDeployment) {
	field := r.field(&d.Spec)
	if field == nil {
		return
	}
	value := r.value(d)
	if value == nil || equal(*field, value) {
		return
	}
	if unset(*field) || r.follows(d, old) {
		*field = value
	}
}

// follows tells whether the field still is what the old object derives: it was
// so, the update left it alone, and no manager claims to have set it.
func (r derivation[T]) follows(d, old *OllamaDeployment) bool {
	if old == nil {
		return false
	}
	was := r.field(&old.Spec)
	return was != nil && *was != nil &&
		equal(*was, *r.field(&d.Spec)) &&
		equal(*was, r.value(old)) &&
		!d.claimed(r.path)
}

// unset tells whether the user left the field out. Resources with neither limits
// nor requests, as templates like to print them, count as left out.
func unset[T any](field *T) bool {
	resources, ok := any(field).(*ResourceRequirements)
	return field == nil || ok && len(resources.Limits) == 0 && len(resources.Requests) == 0
}

func equal[T any](a, b *T) bool {
	return equality.Semantic.DeepEqual(a, b)
}

func tabbyField[T any](field func(*TabbySpec) **T) func(*OllamaDeploymentSpec) **T {
	return func(s *OllamaDeploymentSpec) **T {
		if s.Tabby == nil {
			return nil
		}
		return field(s.Tabby)
	}
}

func deriveResources(d *OllamaDeployment) *ResourceRequirements {
	memory := DefaultOllamaMemory.DeepCopy()
	known := false
	for _, model := range d.Spec.Ollama.Models {
		need, ok := model.MemoryNeeded()
		if ok && (!known || need.Cmp(memory) > 0) {
			memory, known = need, true
		}
	}
	return &ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU:    DefaultOllamaCPU.DeepCopy(),
		corev1.ResourceMemory: memory,
	}}
}

// deriveServiceName has nothing to go by while the API server has yet to make a
// name from metadata.generateName.
func deriveServiceName(d *OllamaDeployment) *string {
	if d.Name == "" {
		return nil
	}
	return new(ChildName(d.Name, ComponentOllama))
}

func deriveServicePort(d *OllamaDeployment) *int32 {
	if d.Spec.Ollama.Service == nil || d.Spec.Ollama.Service.Port == nil {
		return nil
	}
	return new(*d.Spec.Ollama.Service.Port)
}

func deriveModelName(d *OllamaDeployment) *OllamaModel {
	models := d.Spec.Ollama.Models
	for _, wanted := range []func(OllamaModel) bool{OllamaModel.IsCode, notEmbedding, anyModel} {
		for _, model := range models {
			if wanted(model) {
				return new(model)
			}
		}
	}
	return nil
}

func notEmbedding(m OllamaModel) bool { return !m.IsEmbedding() }

func anyModel(OllamaModel) bool { return true }
