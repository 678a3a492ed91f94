// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// isOwned reports whether a field manager owns the field at the path, or one below it. The
// API server records the fields that a client sends before it calls the webhooks, so nobody
// owns the fields that a webhook sets.
func (d *OllamaDeployment) isOwned(path []string) bool {
	return slices.ContainsFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool { return owns(entry, path) })
}

// isSetByUser reports whether a field manager owns the field at the path after an update of the stored
// object old, or kubectl's manifest has it.
func (d *OllamaDeployment) isSetByUser(path []string, old *OllamaDeployment) bool {
	return d.isOwned(path) || d.manifest(old).has(path)
}

// appliesBoth reports whether one manager owns both fields by server-side apply.
func (d *OllamaDeployment) appliesBoth(path, other []string) bool {
	return slices.ContainsFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Operation == metav1.ManagedFieldsOperationApply && owns(entry, path) && owns(entry, other)
	})
}

func owns(entry metav1.ManagedFieldsEntry, path []string) bool {
	return entry.Subresource == "" && entry.FieldsV1 != nil && lookUp(entry.FieldsV1.GetRawBytes(), "f:", path) != nil
}

// A manifest is the input of kubectl apply, as JSON. kubectl does not send values that are
// already stored, so their field manager is not recorded, but it saves the whole manifest in
// an annotation.
type manifest []byte

// manifest returns the manifest in the annotation of the object. kubectl edit and kubectl
// replace overwrite the annotation with what they have read, including defaults; manifest then
// returns that of the stored object old.
func (d *OllamaDeployment) manifest(old *OllamaDeployment) manifest {
	for _, object := range []*OllamaDeployment{d, old} {
		text := manifest(object.Annotations[corev1.LastAppliedConfigAnnotation])
		if text.lookUp("metadata", "uid") == nil || !object.editedByKubectl() {
			return text
		}
	}
	return nil
}

// LastApplied returns the manifest of kubectl apply that the stored object has in its annotation, as
// JSON. It is empty if there is none, or if kubectl edit or replace have overwritten it with what they
// had read.
func (d *OllamaDeployment) LastApplied() []byte { return d.manifest(d) }

// editedByKubectl reports whether kubectl edit or replace wrote the annotation.
func (d *OllamaDeployment) editedByKubectl() bool {
	return slices.ContainsFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return slices.Contains([]string{"kubectl-edit", "kubectl-replace"}, entry.Manager) &&
			owns(entry, []string{"metadata", "annotations", corev1.LastAppliedConfigAnnotation})
	})
}

// has reports whether the manifest has a value for the field at path.
func (m manifest) has(path []string) bool {
	value := m.lookUp(path...)
	return value != nil && string(value) != "null"
}

// lookUp returns the value at the path, as JSON, or nil if there is none.
func (m manifest) lookUp(path ...string) json.RawMessage { return lookUp(m, "", path) }

// lookUp returns the value at the path, or nil if there is none. All names in the JSON have the
// prefix.
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
