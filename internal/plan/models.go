// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"slices"

	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// models returns the models with an effect: those of the list in its order, and then those that were removed from it.
func (u *update) models(components []Component) []Model {
	if u.New == nil {
		return nil
	}
	i := slices.IndexFunc(components, func(c Component) bool { return c.Name == v1alpha1.ComponentOllama })
	pods := Component{Name: v1alpha1.ComponentOllama}
	if i >= 0 {
		pods = components[i]
	}
	isLost := pods.Effect == Restarts && u.losesData()
	u.records = recordsOf(u.stored)
	return append(u.pulled(pods, isLost), u.unlisted(isLost)...)
}

// pulled returns the listed models that pods pull. Models of Ollama's cloud are not, and nothing is said of the others
// if the pods find data that nobody knows.
func (u *update) pulled(pods Component, isLost bool) []Model {
	if u.findsData() {
		return nil
	}
	isNew, isRefreshed, before := u.newPodsLack(pods), u.refreshes(pods), listed(u.stored)
	var out []Model
	for _, name := range u.New.Spec.Ollama.Models {
		model := Model{Name: string(name), Bytes: u.size(name)}
		switch {
		case name.Name().IsCloud():
			continue
		case !before[name.Name().ListedKey()], isNew && !isLost, u.isHeldBack(name):
			model.Effect = Pulled
			if len(u.New.Spec.Ollama.ModelImages) > 0 && u.record(name) == nil {
				model.Effect = PulledOrInImage
			}
		case u.isOfImage(name):
			continue
		case isLost:
			model.Effect = PulledAnew
		case isRefreshed:
			model.Effect = PulledIfMoved
		default:
			continue
		}
		out = append(out, model)
	}
	return out
}

// unlisted returns the models that are no longer listed.
func (u *update) unlisted(isLost bool) []Model {
	if u.stored == nil {
		return nil
	}
	after := listed(u.New)
	var out []Model
	for _, name := range u.stored.Spec.Ollama.Models {
		if after[name.Name().ListedKey()] {
			continue
		}
		model := Model{Name: string(name), Effect: Kept, Bytes: u.size(name)}
		if isLost || u.removes(name) {
			model.Effect = Removed
		}
		out = append(out, model)
	}
	return append(out, u.heldRemovals(after)...)
}

// heldRemovals returns the models that were removed from the list while the object was paused, and are deleted now.
// Those after the update are given by the keys of their names.
func (u *update) heldRemovals(after map[string]bool) []Model {
	if !u.isResumed() || u.removalPolicy() != v1alpha1.ModelRemovalDelete {
		return nil
	}
	var out []Model
	for _, removed := range u.stored.Status.RemovedModels {
		if !after[removed.Name.Name().ListedKey()] {
			out = append(out, Model{Name: string(removed.Name), Effect: Removed})
		}
	}
	return out
}

// isHeldBack reports whether a model was listed while the object was paused, and no pod has it.
func (u *update) isHeldBack(name v1alpha1.OllamaModel) bool {
	record := u.record(name)
	return u.isResumed() && (record == nil || record.IsMissing())
}

// findsData reports whether pods of Ollama get a claim that exists, and that those before do not have: it may have
// any models.
func (u *update) findsData() bool {
	component, _ := u.New.Spec.Component(v1alpha1.ComponentOllama)
	claim := claimOf(u.New, v1alpha1.ComponentOllama)
	if claim == "" || u.runsWith(v1alpha1.ComponentOllama, claim) {
		return false
	}
	_, exists := u.live[childKey{render.KindPersistentVolumeClaim, claim}]
	return exists || component.ExistingClaim() != ""
}

// isOfImage reports whether pods may have the model from an image: none is on record to have pulled it.
func (u *update) isOfImage(name v1alpha1.OllamaModel) bool {
	record := u.record(name)
	return len(u.New.Spec.Ollama.ModelImages) > 0 && record != nil && record.LastPulled == nil
}

// refreshes reports whether all models are pulled again, as the annotation that asks for it or the policy of updates says.
func (u *update) refreshes(pods Component) bool {
	if u.stored == nil {
		return false
	}
	wanted := u.New.Annotations[v1alpha1.AnnotationRefreshModels]
	if wanted != "" && wanted != u.stored.Annotations[v1alpha1.AnnotationRefreshModels] && wanted != u.stored.Status.LastModelRefresh {
		return true
	}
	policy := ptr.Deref(u.New.Spec.Ollama.ModelUpdatePolicy, v1alpha1.DefaultModelUpdatePolicy)
	return policy == v1alpha1.ModelUpdateOnRollout && pods.Effect == Restarts
}

// newPodsLack reports whether there are more pods, which have no models.
func (u *update) newPodsLack(pods Component) bool {
	component, _ := u.New.Spec.Component(v1alpha1.ComponentOllama)
	return pods.ReplicasAfter > pods.ReplicasBefore && !component.SharesClaim()
}

// losesData reports whether new pods of Ollama do not have the data of those that they replace.
func (u *update) losesData() bool {
	after := claimOf(u.New, v1alpha1.ComponentOllama)
	return after == "" || !u.runsWith(v1alpha1.ComponentOllama, after)
}

// removes reports whether the operator deletes a model that is removed from the list: if it is on record as pulled
// for it, or if there is no record yet.
func (u *update) removes(name v1alpha1.OllamaModel) bool {
	record := u.record(name)
	return u.removalPolicy() == v1alpha1.ModelRemovalDelete && (record == nil || record.IsPulledForList())
}

func (u *update) removalPolicy() v1alpha1.ModelRemovalPolicy {
	return ptr.Deref(u.New.Spec.Ollama.ModelRemovalPolicy, v1alpha1.DefaultModelRemovalPolicy)
}

// size returns the size of a model that pods have, 0 if it is not known.
func (u *update) size(name v1alpha1.OllamaModel) int64 {
	if record := u.record(name); record != nil && record.Size != nil {
		return record.Size.Value()
	}
	return 0
}

// record returns what the status has of a model, nil if it has nothing.
func (u *update) record(name v1alpha1.OllamaModel) *v1alpha1.ModelStatus {
	return u.records[name.Name().ListedKey()]
}

// recordsOf returns what the status of the object, which may be nil, has of each model.
func recordsOf(d *v1alpha1.OllamaDeployment) map[string]*v1alpha1.ModelStatus {
	out := map[string]*v1alpha1.ModelStatus{}
	if d == nil {
		return out
	}
	for i := range d.Status.Models {
		key := d.Status.Models[i].Name.Name().ListedKey()
		if _, found := out[key]; !found {
			out[key] = &d.Status.Models[i]
		}
	}
	return out
}

// listed returns the models in the list of the object, which may be nil, however they are written.
func listed(d *v1alpha1.OllamaDeployment) map[string]bool {
	out := map[string]bool{}
	if d == nil {
		return out
	}
	for _, name := range d.Spec.Ollama.Models {
		out[name.Name().ListedKey()] = true
	}
	return out
}
