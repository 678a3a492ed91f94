// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"encoding/json"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// recently limits the age of an apply that is considered to be the current request. Times of
// managed fields are rounded to seconds.
const recently = 2 * time.Second

// isServerSideApply reports whether an update with the options of an AdmissionReview is a server-side
// apply. The API server does not report it. It is inferred from the apply entry of the field manager,
// which an apply has to name: the entry is new, or its time has changed or is the current time.
//
// Source: k8s.io/apiserver, handlers/patch.go (patchToUpdateOptions);
// k8s.io/apimachinery, util/managedfields/internal/managedfieldsupdater.go.
func isServerSideApply(options []byte, d, old *v1alpha1.OllamaDeployment, now time.Time) bool {
	var update metav1.UpdateOptions
	if json.Unmarshal(options, &update) != nil || update.FieldManager == "" {
		return false
	}
	is, was := applyTime(d, update.FieldManager), applyTime(old, update.FieldManager)
	return is != nil && (!is.Equal(was) || now.Sub(is.Time).Abs() <= recently)
}

// applyTime returns when the manager last changed the object by server-side apply, nil if never.
func applyTime(d *v1alpha1.OllamaDeployment, manager string) *metav1.Time {
	i := slices.IndexFunc(d.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == ""
	})
	if i < 0 {
		return nil
	}
	return d.ManagedFields[i].Time
}
