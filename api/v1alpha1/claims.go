package v1alpha1

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
)

// claimed tells whether a field manager set the field at path, or one below it.
// The API server records what a client sends before it calls the webhooks, so
// what a webhook filled in is claimed by nobody.
func (d *OllamaDeployment) claimed(path []string) bool {
	for _, entry := range d.ManagedFields {
		if entry.Subresource == "" && entry.FieldsV1 != nil && has(entry.FieldsV1.GetRawBytes(), "f:", path) {
			return true
		}
	}
	return false
}

// given tells whether kubectl was given a value for the field at path when it last
// applied, replaced or edited the object. Of a value that is stored already it sends
// nothing, so that no field manager is recorded; but it notes what it was given.
func (d *OllamaDeployment) given(path []string) bool {
	return has([]byte(d.Annotations[corev1.LastAppliedConfigAnnotation]), "", path)
}

// has tells whether the JSON has something at the path of names with the prefix.
func has(data []byte, prefix string, path []string) bool {
	if len(path) == 0 {
		return true
	}
	var level map[string]json.RawMessage
	if json.Unmarshal(data, &level) != nil {
		return false
	}
	below, found := level[prefix+path[0]]
	return found && has(below, prefix, path[1:])
}
