package webhooks

import (
	"encoding/json"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// serverSideApply reports whether an update with the options, as an AdmissionReview has
// them, is a server-side apply. Only that can have "force" (kubectl sends it always);
// where it is left out, what tells is that the manager's Apply entry is new or has a new
// time. An apply without force in the second of the one before is not recognized.
//
// Source: k8s.io/apimachinery, meta/v1 PatchOptions and its validation.
func serverSideApply(options []byte, d, old *v1alpha1.OllamaDeployment) bool {
	var patch metav1.PatchOptions
	if json.Unmarshal(options, &patch) != nil || patch.Kind != "PatchOptions" {
		return false
	}
	return patch.Force != nil || !applyTime(d, patch.FieldManager).Equal(applyTime(old, patch.FieldManager))
}

// applyTime returns when the manager last applied a change of the object, nil if never.
func applyTime(d *v1alpha1.OllamaDeployment, manager string) *metav1.Time {
	i := slices.IndexFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == ""
	})
	if i < 0 {
		return nil
	}
	return d.ManagedFields[i].Time
}
