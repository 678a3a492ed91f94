// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// conditions returns all conditions, without their times.
func conditions(components []componentState, models modelsState, progressing metav1.Condition, problem *Problem) []metav1.Condition {
	return []metav1.Condition{
		readyCondition(components, models, problem),
		progressing,
		degradedCondition(components),
		models.condition(),
	}
}

func condition(kind string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: Clean(message, maxMessage)}
}

func readyCondition(components []componentState, models modelsState, problem *Problem) metav1.Condition {
	waiting, missing := waitingFor(components), models.missing()
	switch {
	case problem != nil:
		return problem.Condition(v1alpha1.ConditionReady)
	case waiting != "":
		return condition(v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonReplicasNotReady,
			strings.Join(append(failureMessages(components), waiting), "; "))
	case missing != "":
		return condition(v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonModelsNotPulled,
			strings.Join(append(failureMessages(components), missing), "; "))
	default:
		return condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonAllReplicasReady, "all pods are ready")
	}
}

// waitingFor describes the components that are not rolled out yet; "" means that all are.
func waitingFor(components []componentState) string {
	var waiting []string
	for _, c := range components {
		if !c.rolledOut() {
			waiting = append(waiting, fmt.Sprintf("%s %s", c.component, c.rolloutState()))
		}
	}
	return strings.Join(waiting, "; ")
}

// rolloutState describes a component that is not rolled out, without its name.
func (c componentState) rolloutState() string {
	switch {
	case c.deployment != nil && c.migrating != "":
		return c.migrationState()
	case c.deployment != nil && c.desired == 0:
		return "is scaled to 0 pods"
	case c.deployment != nil && !c.isObserved() && c.deployment.Status.Replicas > 0:
		return "has a new spec to roll out"
	case c.desired > 0 && c.upToDate() == c.desired:
		return fmt.Sprintf("has %d of %d pods ready and up to date, and %d of an older spec to remove", c.desired, c.desired, c.outdated())
	}
	state := fmt.Sprintf("has %d of %d pods ready and up to date", c.upToDate(), c.desired)
	if c.waitsFor != "" {
		state += " and waits for " + c.waitsFor
	}
	return state
}

// migrationState describes a component whose database is migrated, without its name.
func (c componentState) migrationState() string {
	stopped, others := "has stopped all other pods, and one pod of ", ""
	switch s := c.deployment.Status; {
	case !c.isObserved() || c.outdated() > 0 || ptr.Deref(s.TerminatingReplicas, 0) > 0:
		stopped = "stops all pods, then one pod of "
	case s.Replicas == 0 && c.leaving > 0:
		stopped = fmt.Sprintf("waits until %d pods are gone, then one pod of ", c.leaving)
	case s.Replicas == 0:
		stopped = "has no pods, and first one pod of "
	}
	if more := c.desired - 1; more > 0 {
		others = fmt.Sprintf("; the other %d start after it", more)
	}
	return stopped + c.migrating + " migrates the database" + others
}

// isMigrating reports whether the database of a component is migrated.
func isMigrating(components []componentState) bool {
	return slices.ContainsFunc(components, func(c componentState) bool { return c.deployment != nil && c.migrating != "" })
}

func progressingCondition(d *v1alpha1.OllamaDeployment, components []componentState, queued []v1alpha1.ComponentName, problem *Problem) metav1.Condition {
	waiting := waitingFor(components)
	switch late := overdue(components); {
	case d.Spec.IsPaused():
		return pausedCondition(problem)
	case problem != nil:
		return problem.Condition(v1alpha1.ConditionProgressing)
	case len(queued) > 0:
		return queuedCondition(queued)
	case waiting == "":
		return condition(v1alpha1.ConditionProgressing, metav1.ConditionFalse, v1alpha1.ReasonRolloutComplete, "all pods are up to date")
	case late != "":
		return condition(v1alpha1.ConditionProgressing, metav1.ConditionFalse, v1alpha1.ReasonProgressDeadlineExceeded, late)
	case isMigrating(components):
		return condition(v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonMigratingDatabase, waiting)
	default:
		return condition(v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonRollingOut, waiting)
	}
}

// progressDeadlineExceeded is the reason of a Deployment's condition Progressing if the rollout has
// exceeded its progress deadline.
//
// Source: kubernetes, pkg/controller/deployment/util/deployment_util.go (TimedOutReason).
const progressDeadlineExceeded = "ProgressDeadlineExceeded"

// overdue describes the rollouts that have exceeded their progress deadline; "" means none has.
func overdue(components []componentState) string {
	var late []string
	for _, c := range components {
		if found := c.condition(appsv1.DeploymentProgressing); found != nil && found.Reason == progressDeadlineExceeded {
			late = append(late, fmt.Sprintf("%s: %s; it continues", c.component, Clean(found.Message, maxForeign)))
		}
	}
	return strings.Join(late, "; ")
}

func degradedCondition(components []componentState) metav1.Condition {
	for _, c := range components {
		if failures := c.failures(); len(failures) > 0 {
			return condition(v1alpha1.ConditionDegraded, metav1.ConditionTrue, failures[0].reason, strings.Join(failureMessages(components), "; "))
		}
	}
	return condition(v1alpha1.ConditionDegraded, metav1.ConditionFalse, v1alpha1.ReasonAsExpected, "no known failures")
}

// failureMessages returns the failures of all components, each with the component's name.
func failureMessages(components []componentState) []string {
	var messages []string
	for _, c := range components {
		for _, f := range c.failures() {
			messages = append(messages, fmt.Sprintf("%s: %s", c.component, f.message))
		}
	}
	return messages
}

// failures returns the distinct failures of the component's pods, each with the names of the
// pods, and those of its models.
func (c componentState) failures() []Failure {
	var found []Failure
	if refused := c.condition(appsv1.DeploymentReplicaFailure); refused != nil && refused.Status == corev1.ConditionTrue {
		found = append(found, Failure{reason: v1alpha1.ReasonPodsNotCreated, message: Clean(refused.Message, maxForeign)})
	}
	podsByFailure := map[Failure][]string{}
	for _, pod := range c.failed {
		f := Failure{reason: pod.reason, message: pod.message}
		podsByFailure[f] = append(podsByFailure[f], pod.name)
	}
	fromPods := make([]Failure, 0, len(podsByFailure))
	for f, pods := range podsByFailure {
		slices.Sort(pods)
		f.message += " (" + podNames(pods) + ")"
		fromPods = append(fromPods, f)
	}
	slices.SortFunc(fromPods, func(a, b Failure) int { return strings.Compare(a.message, b.message) })
	return slices.Concat(found, fromPods, c.models)
}

// podNames describes one or several pods by the name of the first.
func podNames(pods []string) string {
	if len(pods) > 1 {
		return fmt.Sprintf("%d pods, including %s", len(pods), pods[0])
	}
	return "pod " + pods[0]
}

// maxMessage limits the length, in bytes, of a condition's message.
//
// Source: k8s.io/apimachinery, metav1.Condition (MaxLength of message).
const maxMessage = 32768
