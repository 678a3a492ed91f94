// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// OllamaMemory returns the memory that the container of a live Deployment of Ollama requests, "" for others.
func OllamaMemory(live *appsv1.Deployment) string {
	if live.Labels[v1alpha1.LabelComponent] != string(v1alpha1.ComponentOllama) {
		return ""
	}
	for i := range live.Spec.Template.Spec.Containers {
		container := &live.Spec.Template.Spec.Containers[i]
		if memory, found := container.Resources.Requests[corev1.ResourceMemory]; found && container.Name == string(v1alpha1.ComponentOllama) {
			return memory.String()
		}
	}
	return ""
}

// Applies reports whether the operator has applied a field of the live child, such as "replicas", and nobody has
// changed it since.
func Applies(live metav1.Object, name string) bool {
	entries := live.GetManagedFields()
	for i := range entries {
		entry := &entries[i]
		if entry.Manager == v1alpha1.ManagedBy && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == "" &&
			entry.FieldsV1 != nil && strings.Contains(entry.FieldsV1.GetRawString(), `"f:`+name+`":{}`) {
			return true
		}
	}
	return false
}
