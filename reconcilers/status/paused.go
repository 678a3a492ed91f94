// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// StandsStill reports whether the models of an object stay as they are: while it is paused, and until its status
// no longer says so. Only then have the pods been given a list that changed meanwhile.
func StandsStill(d *v1alpha1.OllamaDeployment) bool {
	return d.Spec.IsPaused() || isPaused(meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionProgressing))
}

// isPaused reports whether a condition, which may be nil, is about a paused object.
func isPaused(c *metav1.Condition) bool { return c != nil && c.Reason == v1alpha1.ReasonPaused }

// pausedCondition returns the condition Progressing of a paused object. Without a problem, everything is applied.
func pausedCondition(problem *Problem) metav1.Condition {
	const paused = "spec.paused is true; "
	message := paused + "everything is applied"
	if problem != nil {
		message = paused + strings.TrimPrefix(problem.Message, paused)
	}
	return condition(v1alpha1.ConditionProgressing, metav1.ConditionFalse, v1alpha1.ReasonPaused, message)
}

// queuedCondition returns the condition Progressing of an object with components whose restart waits.
func queuedCondition(queued []v1alpha1.ComponentName) metav1.Condition {
	names := make([]string, 0, len(queued))
	for _, name := range queued {
		names = append(names, string(name))
	}
	return condition(v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonRestartQueued, fmt.Sprintf(
		"this version of the operator changes the pods of %s, which wait until those of other objects are replaced", strings.Join(names, ", ")))
}
