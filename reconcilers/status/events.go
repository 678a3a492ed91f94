// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An Event describes an event to emit.
type Event struct {
	// Type of the event: corev1.EventTypeNormal or corev1.EventTypeWarning.
	Type string
	// Reason and Message of the condition. The message may be longer than the note of an event.
	Reason, Message string
	// Model that the event is about, "" if it is about the whole. Events of one object with the same
	// reason are counted as one unless their action differs.
	Model v1alpha1.OllamaModel
}

// maxAction is the maximum length of an event's action.
//
// Source: kubernetes, pkg/apis/core/validation/events.go (ActionLengthLimit).
const maxAction = 128

// Action returns what the operator did, with the model that it is about.
func (e Event) Action() string {
	if e.Model == "" {
		return "Reconcile"
	}
	return Clean("Pull "+string(e.Model), maxAction)
}

// Events returns the events for changes of d's status.
func Events(d *v1alpha1.OllamaDeployment, before, after v1alpha1.OllamaDeploymentStatus) []Event {
	found := conditionEvents(before.Conditions, after.Conditions)
	if slices.ContainsFunc(after.Models, func(m v1alpha1.ModelStatus) bool { return m.Phase == v1alpha1.ModelFailed }) {
		// Each model that failed has an event of its own.
		found = slices.DeleteFunc(found, func(e Event) bool {
			return e.Reason == v1alpha1.ReasonModelPullFailed || e.Reason == v1alpha1.ReasonModelNeedsNewerOllama
		})
	}
	return append(found, modelEvents(d, before, after)...)
}

// modelEvents returns an event for each model that was pulled, could not be pulled, or was deleted.
func modelEvents(d *v1alpha1.OllamaDeployment, before, after v1alpha1.OllamaDeploymentStatus) []Event {
	var found []Event
	was, listed := map[v1alpha1.OllamaModel]v1alpha1.ModelPhase{}, map[string]bool{}
	for _, m := range before.Models {
		was[m.Name] = m.Phase
	}
	for _, m := range after.Models {
		listed[m.Name.Name().ListedKey()] = true
		switch {
		case m.Phase == was[m.Name] || was[m.Name] == "":
		case m.Phase == v1alpha1.ModelPulled:
			found = append(found, Event{corev1.EventTypeNormal, EventModelPulled, fmt.Sprintf("every Ollama pod has model %s", m.Name), m.Name})
		case m.Phase == v1alpha1.ModelFailed:
			f := modelsState{models: []v1alpha1.ModelStatus{m}}.failures()[0]
			found = append(found, Event{corev1.EventTypeWarning, f.reason, f.message, m.Name})
		}
	}
	for _, m := range after.RemovedModels {
		listed[m.Name.Name().ListedKey()] = true
	}
	for _, m := range before.RemovedModels {
		if ptr.Deref(d.Spec.Ollama.ModelRemovalPolicy, v1alpha1.DefaultModelRemovalPolicy) != v1alpha1.ModelRemovalDelete {
			break // they are kept
		}
		if !listed[m.Name.Name().ListedKey()] {
			found = append(found, Event{corev1.EventTypeNormal, EventModelDeleted, fmt.Sprintf("model %s was removed from the list and deleted from the pods", m.Name), m.Name})
		}
	}
	return found
}

// Reasons of events that are not those of a condition.
const (
	// EventModelPulled: every Ollama pod has a model.
	EventModelPulled = "ModelPulled"
	// EventResumed: a paused object is no longer paused.
	EventResumed = "Resumed"
	// EventModelDeleted: a model that was removed from the list was deleted from all pods.
	EventModelDeleted = "ModelDeleted"
)

// conditionEvents returns the events for changes of the conditions Ready, Degraded and RoutesAccepted, for the
// migration of a database, and for pausing and resuming. There are none for a new object that is waiting for its pods or models, or has no
// failures, and while routes wait for an answer.
func conditionEvents(before, after []metav1.Condition) []Event {
	var found []Event
	if was, is, changed := change(before, after, v1alpha1.ConditionReady); changed {
		waiting := is.Reason == v1alpha1.ReasonReplicasNotReady || is.Reason == v1alpha1.ReasonModelsNotPulled
		switch {
		case waiting && was == nil, isPaused(is): // the condition Progressing has the event
		case waiting || is.Status == metav1.ConditionTrue:
			found = append(found, Event{corev1.EventTypeNormal, is.Reason, is.Message, ""})
		default:
			found = append(found, Event{corev1.EventTypeWarning, is.Reason, is.Message, ""})
		}
	}
	if was, is, changed := change(before, after, v1alpha1.ConditionProgressing); changed {
		if is.Reason == v1alpha1.ReasonMigratingDatabase || isPaused(is) {
			found = append(found, Event{corev1.EventTypeNormal, is.Reason, is.Message, ""})
		} else if isPaused(was) {
			found = append(found, Event{corev1.EventTypeNormal, EventResumed, "spec.paused is not true anymore", ""})
		}
	}
	if was, is, changed := change(before, after, v1alpha1.ConditionDegraded); changed {
		switch {
		case is.Status == metav1.ConditionTrue:
			found = append(found, Event{corev1.EventTypeWarning, is.Reason, is.Message, ""})
		case was != nil:
			found = append(found, Event{corev1.EventTypeNormal, is.Reason, is.Message, ""})
		}
	}
	if _, is, changed := change(before, after, v1alpha1.ConditionRoutesAccepted); changed {
		switch is.Status {
		case metav1.ConditionTrue:
			found = append(found, Event{corev1.EventTypeNormal, is.Reason, is.Message, ""})
		case metav1.ConditionFalse:
			found = append(found, Event{corev1.EventTypeWarning, is.Reason, is.Message, ""})
		}
	}
	return found
}

// change returns a condition before and after, and reports whether its status or reason changed.
func change(before, after []metav1.Condition, kind string) (was, is *metav1.Condition, changed bool) {
	was, is = meta.FindStatusCondition(before, kind), meta.FindStatusCondition(after, kind)
	return was, is, is != nil && (was == nil || was.Status != is.Status || was.Reason != is.Reason)
}
