// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// claimed reports whether a field manager set the field at path, or one below it. The
// API server records what a client sends before it calls the webhooks, so no manager
// claims what a webhook filled in.
func (d *OllamaDeployment) claimed(path []string) bool {
	return slices.ContainsFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool { return claims(entry, path) })
}

// applied reports whether one manager's server-side apply has set both fields.
func (d *OllamaDeployment) applied(path, other []string) bool {
	return slices.ContainsFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Operation == metav1.ManagedFieldsOperationApply && claims(entry, path) && claims(entry, other)
	})
}

func claims(entry metav1.ManagedFieldsEntry, path []string) bool {
	return entry.Subresource == "" && entry.FieldsV1 != nil && lookUp(entry.FieldsV1.GetRawBytes(), "f:", path) != nil
}

// A manifest is what kubectl apply was given, as JSON. Of a value that is stored already
// it sends nothing, so that no field manager is recorded; but it notes the whole manifest
// in an annotation.
type manifest []byte

// manifest returns the manifest that the annotation of the object holds. kubectl edit and
// kubectl replace write there what they have read, defaults included; then it is the one
// that old, the stored object, has.
func (d *OllamaDeployment) manifest(old *OllamaDeployment) manifest {
	for _, object := range []*OllamaDeployment{d, old} {
		text := manifest(object.Annotations[corev1.LastAppliedConfigAnnotation])
		if text.lookUp("metadata", "uid") == nil || !object.editedByKubectl() {
			return text
		}
	}
	return nil
}

// editedByKubectl reports whether kubectl edit or replace has written the annotation.
func (d *OllamaDeployment) editedByKubectl() bool {
	return slices.ContainsFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return slices.Contains([]string{"kubectl-edit", "kubectl-replace"}, entry.Manager) &&
			claims(entry, []string{"metadata", "annotations", corev1.LastAppliedConfigAnnotation})
	})
}

// has reports whether the manifest has a value for the field at path.
func (m manifest) has(path []string) bool {
	value := m.lookUp(path...)
	return value != nil && string(value) != "null"
}

// lookUp returns what the manifest has at path, as JSON; nil if nothing.
func (m manifest) lookUp(path ...string) json.RawMessage { return lookUp(m, "", path) }

// lookUp returns what the JSON has at the path of names with the prefix, or nil.
func lookUp(data []byte, prefix string, path []string) json.RawMessage {
	if len(path) == 0 {
		return data
	}
	var level map[string]json.RawMessage
	if json.Unmarshal(data, &level) != nil {
		return nil
	}
	below, found := level[prefix+path[0]]
	if !found {
		return nil
	}
	return lookUp(below, prefix, path[1:])
}
