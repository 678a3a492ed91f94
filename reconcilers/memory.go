// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// memoryRequest is the path of a field whose default is derived from the models.
const memoryRequest = "spec.ollama.resources.requests.memory"

// ollamaMemory returns the memory that the container of a Deployment of Ollama requests, "" for others.
func ollamaMemory(live *appsv1.Deployment) string {
	if live.Labels[v1alpha1.LabelComponent] != string(v1alpha1.ComponentOllama) {
		return ""
	}
	for i := range live.Spec.Template.Spec.Containers {
		if memory, found := live.Spec.Template.Spec.Containers[i].Resources.Requests[corev1.ResourceMemory]; found {
			return memory.String()
		}
	}
	return ""
}

// preserveMemory keeps the applied pod template of Ollama if it differs from the rendered one only in the
// memory that it requests, whose default follows the list of models: a change of the list restarts
// nothing. The template requests the new memory when it changes for another reason.
func preserveMemory(wanted *applyappsv1.DeploymentApplyConfiguration, alternatives []*applycorev1.PodTemplateSpecApplyConfiguration, live map[string]string) {
	memory, err := resource.ParseQuantity(live[memoryLabel])
	if err != nil {
		return
	}
	for _, template := range append([]*applycorev1.PodTemplateSpecApplyConfiguration{wanted.Spec.Template}, alternatives...) {
		same := withMemory(template, memory)
		if encoded, err := fingerprintOf(same); same != nil && err == nil && encoded == live[templateLabel] {
			wanted.Spec.Template = same
			return
		}
	}
}

// withMemory returns a copy of the template whose first container requests the memory, nil if it
// requests none.
func withMemory(template *applycorev1.PodTemplateSpecApplyConfiguration, memory resource.Quantity) *applycorev1.PodTemplateSpecApplyConfiguration {
	data, err := json.Marshal(template)
	if err != nil {
		return nil
	}
	other := &applycorev1.PodTemplateSpecApplyConfiguration{}
	if err := json.Unmarshal(data, other); err != nil || other.Spec == nil || len(other.Spec.Containers) == 0 {
		return nil
	}
	resources := other.Spec.Containers[0].Resources
	if resources == nil || resources.Requests == nil {
		return nil
	}
	if _, found := (*resources.Requests)[corev1.ResourceMemory]; !found {
		return nil
	}
	(*resources.Requests)[corev1.ResourceMemory] = memory
	return other
}
