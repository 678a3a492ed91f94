// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// What the metrics of objects distinguish.
var (
	phases         = [...]v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseProgressing, v1alpha1.PhaseReady}
	modelPhases    = [...]v1alpha1.ModelPhase{v1alpha1.ModelPending, v1alpha1.ModelPulling, v1alpha1.ModelPulled, v1alpha1.ModelFailed}
	conditionTypes = [...]string{
		v1alpha1.ConditionReady, v1alpha1.ConditionProgressing, v1alpha1.ConditionDegraded, v1alpha1.ConditionModelsPulled,
		v1alpha1.ConditionRoutesAccepted, v1alpha1.ConditionDebt,
	}
	conditionStatuses     = [...]metav1.ConditionStatus{metav1.ConditionTrue, metav1.ConditionFalse, metav1.ConditionUnknown}
	conditionStatusLabels = [...]string{"true", "false", "unknown"}
)

// modelCounts counts models, in the order of modelPhases.
type modelCounts [len(modelPhases)]int32

// An index is an index in one of the arrays above, or unknown.
type index int8

const unknown index = -1

// indexOf returns the index of a value.
func indexOf[T comparable](all []T, value T) index {
	return index(slices.Index(all, value)) //nolint:gosec // the arrays have some elements
}

// An objectState is what the metrics of an object say. It is small, because there is one for each object.
type objectState struct {
	generation, observedGeneration int64
	replicas, readyReplicas        int32
	models                         modelCounts
	conditions                     [len(conditionTypes)]index
	phase                          index
	paused, openWebUI, tabby       bool
}

// stateOf returns the state of an object. What it does not know, such as a condition of a later version, it leaves out.
func stateOf(d *v1alpha1.OllamaDeployment) objectState {
	state := objectState{
		generation: d.Generation, observedGeneration: d.Status.ObservedGeneration,
		replicas: d.Status.TotalReplicas, readyReplicas: d.Status.ReadyReplicas,
		phase:  indexOf(phases[:], d.Status.Phase),
		paused: d.Spec.IsPaused(),
	}
	for _, c := range d.Spec.EnabledComponents() {
		state.openWebUI = state.openWebUI || c.Name == v1alpha1.ComponentOpenWebUI
		state.tabby = state.tabby || c.Name == v1alpha1.ComponentTabby
	}
	for i := range state.conditions {
		state.conditions[i] = unknown
	}
	for _, c := range d.Status.Conditions {
		if i := slices.Index(conditionTypes[:], c.Type); i >= 0 {
			state.conditions[i] = indexOf(conditionStatuses[:], c.Status)
		}
	}
	for _, m := range d.Status.Models {
		if i := slices.Index(modelPhases[:], m.Phase); i >= 0 {
			state.models[i]++
		}
	}
	return state
}
