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

// recently is how long ago an apply counts as the one of the request, since managed
// fields tell its time in whole seconds.
const recently = 2 * time.Second

// isServerSideApply reports whether an update with the options, as an AdmissionReview has
// them, is a server-side apply. The API server does not say so: what tells is that the
// entry of the manager, which an apply has to name, is new, has a new time, or has the
// time of just now.
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
