// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Names within pods and Services.
const (
	portName   = "http"
	dataVolume = "data"
)

// A part is an enabled component, with what all components have in common.
type part struct {
	d         *v1alpha1.OllamaDeployment
	component v1alpha1.Component
	app       string
	replicas  int32
	image     string
	resources *v1alpha1.ResourceRequirements
	service   *v1alpha1.ServiceSpec
	ingress   *v1alpha1.IngressSpec
	// noPrune keeps Ollama from removing partial downloads when it starts.
	noPrune bool
	// earlier renders the pods as earlier versions of the operator did; see alternatives.
	earlier bool
}

// parts returns the enabled components of d.
func parts(d *v1alpha1.OllamaDeployment) []part {
	ollama := &d.Spec.Ollama
	out := []part{{
		d: d, component: v1alpha1.ComponentOllama, app: "ollama",
		replicas: deref(ollama.Replicas), image: image(ollama.Image, ollama.ImageTag),
		resources: ollama.Resources, service: ollama.Service,
	}}
	out[0].noPrune = out[0].storage() != nil && out[0].accessMode() == corev1.ReadWriteMany
	if ui := d.Spec.OpenWebUI; ui.IsEnabled() {
		out = append(out, part{
			d: d, component: v1alpha1.ComponentOpenWebUI, app: "open-webui",
			replicas: deref(ui.Replicas), image: image(ui.Image, ui.ImageTag),
			resources: ui.Resources, service: ui.Service, ingress: ui.Ingress,
		})
	}
	if tabby := d.Spec.Tabby; tabby.IsEnabled() {
		out = append(out, part{
			d: d, component: v1alpha1.ComponentTabby, app: "tabby",
			replicas: deref(tabby.Replicas), image: image(tabby.Image, tabby.ImageTag),
			resources: tabby.Resources, service: tabby.Service, ingress: tabby.Ingress,
		})
	}
	return out
}

func (p part) name() string { return v1alpha1.ChildName(p.d.Name, p.component) }

// labels returns those of every child. The selector is a smaller set of its own.
func (p part) labels() map[string]string {
	labels := maps.Clone(p.selector())
	maps.Copy(labels, map[string]string{
		v1alpha1.LabelName:      p.app,
		v1alpha1.LabelInstance:  p.d.Name,
		v1alpha1.LabelPartOf:    "llm-stack",
		v1alpha1.LabelManagedBy: v1alpha1.ManagedBy,
	})
	return labels
}

func (p part) selector() map[string]string {
	return v1alpha1.SelectorLabels(p.d.Name, p.component)
}

// owner makes the child go with its object.
func (p part) owner() *applymetav1.OwnerReferenceApplyConfiguration {
	return applymetav1.OwnerReference().
		WithAPIVersion(v1alpha1.GroupVersion.String()).
		WithKind(v1alpha1.Kind).
		WithName(p.d.Name).
		WithUID(p.d.UID).
		WithController(true).
		WithBlockOwnerDeletion(true)
}

// storage returns the size of the part's claim, nil if it has none.
func (p part) storage() *resource.Quantity { return p.resources.StorageSize() }

// image joins an image and its tag, which may carry a digest.
func image(name, tag *string) string { return deref(name) + ":" + deref(tag) }

// deref is the value, or the zero value where a stored object has none.
func deref[T any](pointer *T) T {
	if pointer == nil {
		return *new(T)
	}
	return *pointer
}
