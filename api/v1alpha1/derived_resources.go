// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// resourceRequest derives a request of the Ollama container. If there is a limit, no request is
// derived, because Kubernetes defaults it to the limit.
//
// Earlier versions derived requests only if no resources were set at all. Objects that they
// stored with other resources stay unchanged until their resources change, and a request that
// they derived is removed when its limit changes. An earlier formula of the amount, if there is one,
// is followed once the amount itself changes.
func resourceRequest(name corev1.ResourceName, amount, formerly func(*OllamaDeployment) any) derivation {
	return derivation{
		path:  []string{"spec", "ollama", "resources", "requests", string(name)},
		lacks: lacksResources,
		field: func(s *OllamaDeploymentSpec) slot { return request(&s.Ollama.Resources, name) },
		value: func(d *OllamaDeployment) any {
			if limit(d, name) != nil {
				return nil
			}
			return amount(d)
		},
		earlier: func(d, old *OllamaDeployment) []any {
			var out []any
			limited := !equality.Semantic.DeepEqual(limit(d, name), limit(old, name))
			if limited {
				out = append(out, amount(old))
			}
			changed := limit(old, name) == nil && !equality.Semantic.DeepEqual(amount(d), amount(old))
			if formerly != nil && (limited || changed) {
				out = append(out, formerly(old))
			}
			return out
		},
		isExempt: func(d, old *OllamaDeployment) bool {
			was := old.Spec.Ollama.Resources
			return was != nil && len(was.Limits)+len(was.Requests) > 0 && equality.Semantic.DeepEqual(was, d.Spec.Ollama.Resources)
		},
	}
}

// lacksResources does not hold for specs with some resources, because the derivation does not
// change those that are stored.
const lacksResources = "!has(object.spec.ollama.resources) || " +
	"!has(object.spec.ollama.resources.limits) && !has(object.spec.ollama.resources.requests)"

// limit returns a limit of the Ollama container, nil if there is none.
func limit(d *OllamaDeployment, name corev1.ResourceName) *resource.Quantity {
	if d.Spec.Ollama.Resources != nil {
		if amount, found := d.Spec.Ollama.Resources.Limits[name]; found {
			return &amount
		}
	}
	return nil
}

// request returns the slot of a resource's request.
func request(resources **ResourceRequirements, name corev1.ResourceName) slot {
	return slot{
		get: func() any {
			if *resources != nil {
				if amount, found := (*resources).Requests[name]; found {
					return amount
				}
			}
			return nil
		},
		set: func(value any) {
			setDefault(resources, ResourceRequirements{})
			r := *resources
			delete(r.Requests, name)
			if amount, ok := value.(resource.Quantity); ok {
				if r.Requests == nil {
					r.Requests = corev1.ResourceList{}
				}
				r.Requests[name] = amount
			}
			if len(r.Requests) == 0 {
				r.Requests = nil
			}
		},
	}
}

func deriveMemory(d *OllamaDeployment) any {
	if memory, known := d.Spec.Ollama.MemoryNeeded(); known {
		return memory
	}
	return DefaultOllamaMemory.DeepCopy()
}

// earlierMemory returns what was derived while the context counted with devices, too.
func earlierMemory(d *OllamaDeployment) any {
	if memory, known := ollama.MemoryOfLargest(d.Spec.Ollama.modelNames(), d.Spec.Ollama.Settings.memory()); known {
		return memory
	}
	return DefaultOllamaMemory.DeepCopy()
}
