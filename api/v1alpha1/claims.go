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

// given reports whether kubectl's manifest has a value for the field at path. Of a value
// that is stored already kubectl apply sends nothing, so that no field manager is
// recorded; but it notes in an annotation what it was given.
func (d *OllamaDeployment) given(path []string) bool {
	value := d.lastApplied(path)
	return value != nil && string(value) != "null"
}

// lastApplied returns what kubectl's manifest has at path, as JSON; nil if nothing.
func (d *OllamaDeployment) lastApplied(path []string) json.RawMessage {
	return lookUp([]byte(d.Annotations[corev1.LastAppliedConfigAnnotation]), "", path)
}

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
