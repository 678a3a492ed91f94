// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An Event describes an event to emit.
type Event struct {
	// Type of the event: corev1.EventTypeNormal or corev1.EventTypeWarning.
	Type string
	// Reason and Message of the condition. The message may be longer than the note of an event.
	Reason, Message string
}

// Events returns the events for changes of the conditions Ready and Degraded. There are none for a
// new object that is waiting for its pods or has no failures.
func Events(before, after []metav1.Condition) []Event {
	var found []Event
	if was, is, changed := change(before, after, v1alpha1.ConditionReady); changed {
		waiting := is.Reason == v1alpha1.ReasonReplicasNotReady
		switch {
		case waiting && was == nil:
		case waiting || is.Status == metav1.ConditionTrue:
			found = append(found, Event{corev1.EventTypeNormal, is.Reason, is.Message})
		default:
			found = append(found, Event{corev1.EventTypeWarning, is.Reason, is.Message})
		}
	}
	if was, is, changed := change(before, after, v1alpha1.ConditionDegraded); changed {
		switch {
		case is.Status == metav1.ConditionTrue:
			found = append(found, Event{corev1.EventTypeWarning, is.Reason, is.Message})
		case was != nil:
			found = append(found, Event{corev1.EventTypeNormal, is.Reason, is.Message})
		}
	}
	return found
}

// change returns a condition before and after, and reports whether its status or reason changed.
func change(before, after []metav1.Condition, kind string) (was, is *metav1.Condition, changed bool) {
	was, is = meta.FindStatusCondition(before, kind), meta.FindStatusCondition(after, kind)
	return was, is, is != nil && (was == nil || was.Status != is.Status || was.Reason != is.Reason)
}
