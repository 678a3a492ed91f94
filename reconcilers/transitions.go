// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A transition is a change of a condition that is worth an event.
type transition struct {
	kind      string
	condition metav1.Condition
}

// transitions returns the events of a new status. Waiting for pods is none before
// anything was ready; that a new object has nothing wrong with it is none either.
func transitions(before, after []metav1.Condition) []transition {
	var found []transition
	if was, is, changed := change(before, after, v1alpha1.ConditionReady); changed {
		waiting := is.Reason == v1alpha1.ReasonReplicasNotReady
		switch {
		case waiting && was == nil:
		case waiting || is.Status == metav1.ConditionTrue:
			found = append(found, transition{corev1.EventTypeNormal, *is})
		default:
			found = append(found, transition{corev1.EventTypeWarning, *is})
		}
	}
	if was, is, changed := change(before, after, v1alpha1.ConditionDegraded); changed {
		switch {
		case is.Status == metav1.ConditionTrue:
			found = append(found, transition{corev1.EventTypeWarning, *is})
		case was != nil:
			found = append(found, transition{corev1.EventTypeNormal, *is})
		}
	}
	return found
}

// change returns a condition before and after, and reports whether it has changed.
func change(before, after []metav1.Condition, kind string) (was, is *metav1.Condition, changed bool) {
	was, is = meta.FindStatusCondition(before, kind), meta.FindStatusCondition(after, kind)
	return was, is, is != nil && (was == nil || was.Status != is.Status || was.Reason != is.Reason)
}
