// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// RemovalSettles is how long a removed model is looked for in the pods after it was removed from the
// list. A pod that starts meanwhile may still have the former list, and pull the model. A kubelet
// updates the list within its sync period of a minute and the time to live of its cache.
//
// Source: kubernetes.io/docs/concepts/configuration/configmap (mounted ConfigMaps are updated
// automatically).
const RemovalSettles = 3 * time.Minute

// maxRemoved is the maximum number of removed models, as in the CRD schema. The earliest give way.
const maxRemoved = 200

// removedModels returns the models that are to be deleted from the pods: those that were pulled for the
// list and are no longer listed, until no pod has them.
func removedModels(d *v1alpha1.OllamaDeployment, seen *ObservedModels, now metav1.Time) []v1alpha1.RemovedModel {
	if ptr.Deref(d.Spec.Ollama.ModelRemovalPolicy, v1alpha1.DefaultModelRemovalPolicy) != v1alpha1.ModelRemovalDelete {
		return nil
	}
	known := map[string]bool{}
	for _, name := range d.Spec.Ollama.Models {
		known[name.Name().ListedKey()] = true
	}
	still := StandsStill(d)
	var out []v1alpha1.RemovedModel
	add := func(removed v1alpha1.RemovedModel) {
		key := removed.Name.Name().ListedKey()
		isGone := !still && seen != nil && slices.Contains(seen.Gone, key) && now.Sub(removed.RemovedAt.Time) >= RemovalSettles
		if !known[key] && !isGone {
			out = append(out, removed)
		}
		known[key] = true
	}
	for _, removed := range d.Status.RemovedModels {
		if still && !d.Spec.IsPaused() {
			removed.RemovedAt = now // the pods get the list without it only now
		}
		add(removed)
	}
	for i := range d.Status.Models {
		if m := &d.Status.Models[i]; m.IsPulledForList() {
			add(v1alpha1.RemovedModel{Name: m.Name, RemovedAt: now, ListedAt: m.ListedAt, LastPulled: m.LastPulled})
		}
	}
	return slices.Clip(out[max(len(out)-maxRemoved, 0):])
}
