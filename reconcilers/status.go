// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// computeStatus returns the status of d: what was observed, and what kept the children
// from being as they should be. The old conditions are looked at only for when
// they last changed; now is when they change.
func computeStatus(d *v1alpha1.OllamaDeployment, seen observed, problem error, now metav1.Time) v1alpha1.OllamaDeploymentStatus {
	status := v1alpha1.OllamaDeploymentStatus{
		ObservedGeneration: d.Generation,
		Conditions:         d.DeepCopy().Status.Conditions,
		Selector:           labels.SelectorFromSet(v1alpha1.SelectorLabels(d.Name, v1alpha1.ComponentOllama)).String(),
	}
	components := componentStates(d, seen, now.Time)
	for _, c := range components {
		status.ReadyReplicas += c.ready()
		status.TotalReplicas += c.wanted
		switch c.component {
		case v1alpha1.ComponentOllama:
			status.OllamaStatus = c.status()
		case v1alpha1.ComponentOpenWebUI:
			status.OpenWebUIStatus = c.status()
		case v1alpha1.ComponentTabby:
			status.TabbyStatus = c.status()
		}
	}
	status.Ready = fmt.Sprintf("%d/%d", status.ReadyReplicas, status.TotalReplicas)
	for _, condition := range conditions(components, problem) {
		condition.ObservedGeneration = d.Generation
		condition.LastTransitionTime = now
		meta.SetStatusCondition(&status.Conditions, condition)
	}
	status.Phase = phase(status)
	return status
}

// phase is Ready exactly when the condition is.
func phase(status v1alpha1.OllamaDeploymentStatus) v1alpha1.Phase {
	switch {
	case meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady):
		return v1alpha1.PhaseReady
	case status.ReadyReplicas > 0:
		return v1alpha1.PhaseProgressing
	default:
		return v1alpha1.PhasePending
	}
}

// A componentState is an enabled component as it was observed.
type componentState struct {
	component v1alpha1.Component
	// wanted is how many pods there should be.
	wanted int32
	// deployment is nil while there is none.
	deployment *appsv1.Deployment
	// capacity is the size of the volume for its data, nil if it has none.
	capacity *resource.Quantity
	// failed are the component's pods that have failed, each with its failure.
	failed []podFailure
	// waitsFor is what pods of the component wait for, empty if they do not.
	waitsFor string
}

// componentStates returns the enabled components, Ollama first.
func componentStates(d *v1alpha1.OllamaDeployment, seen observed, now time.Time) []componentState {
	state := func(component v1alpha1.Component, replicas *int32, resources *v1alpha1.ResourceRequirements) componentState {
		s := componentState{component: component, deployment: seen.deployments[component]}
		if resources.StorageSize() != nil {
			s.capacity = seen.capacity[component]
		}
		if seen.autoscaled[component] && s.deployment != nil && s.deployment.Spec.Replicas != nil {
			replicas = s.deployment.Spec.Replicas
		}
		if replicas != nil { // an object that was never admitted has none
			s.wanted = *replicas
		}
		s.failed = podFailures(seen.pods[component], s.rolledOut(), now)
		return s
	}
	out := []componentState{state(v1alpha1.ComponentOllama, d.Spec.Ollama.Replicas, d.Spec.Ollama.Resources)}
	if ui := d.Spec.OpenWebUI; ui.IsEnabled() {
		out = append(out, state(v1alpha1.ComponentOpenWebUI, ui.Replicas, ui.Resources))
	}
	if tabby := d.Spec.Tabby; tabby.IsEnabled() {
		s := state(v1alpha1.ComponentTabby, tabby.Replicas, tabby.Resources)
		s.waitFor(d, out[0], seen.pods[v1alpha1.ComponentTabby], now)
		out = append(out, s)
	}
	return out
}

// ready is how many of the wanted pods are ready.
func (c componentState) ready() int32 {
	if c.deployment == nil {
		return 0
	}
	return min(c.deployment.Status.ReadyReplicas, c.wanted)
}

// updated is how many pods run the latest template.
func (c componentState) updated() int32 {
	if c.deployment == nil {
		return 0
	}
	return c.deployment.Status.UpdatedReplicas
}

// rolledOut reports whether the Deployment's controller has seen its latest spec and
// every pod runs it and is ready, and there is one.
func (c componentState) rolledOut() bool {
	return c.wanted > 0 && c.deployment != nil &&
		c.deployment.Status.ObservedGeneration >= c.deployment.Generation &&
		c.deployment.Status.AvailableReplicas >= c.wanted &&
		c.deployment.Status.Replicas == c.deployment.Status.UpdatedReplicas
}

// condition returns the Deployment's condition of the type, nil if it has none.
func (c componentState) condition(kind appsv1.DeploymentConditionType) *appsv1.DeploymentCondition {
	if c.deployment == nil {
		return nil
	}
	for i := range c.deployment.Status.Conditions {
		if found := &c.deployment.Status.Conditions[i]; found.Type == kind {
			return found
		}
	}
	return nil
}

// status returns the Deployment's status as the object shows it.
func (c componentState) status() *v1alpha1.DeploymentComponentStatus {
	if c.deployment == nil {
		return &v1alpha1.DeploymentComponentStatus{}
	}
	from := c.deployment.Status
	status := &v1alpha1.DeploymentComponentStatus{
		AvailableReplicas: from.AvailableReplicas,
		ReadyReplicas:     from.ReadyReplicas,
		UpdatedReplicas:   from.UpdatedReplicas,
		StorageCapacity:   c.capacity,
	}
	for i := range from.Conditions {
		condition := shownCondition(&from.Conditions[i])
		if condition == nil || meta.FindStatusCondition(status.Conditions, condition.Type) != nil {
			continue
		}
		condition.ObservedGeneration = from.ObservedGeneration
		status.Conditions = append(status.Conditions, *condition)
	}
	return status
}

// shownConditions are the conditions of a Deployment that its controller sets. Any others
// are of somebody who may write its status.
var shownConditions = []appsv1.DeploymentConditionType{
	appsv1.DeploymentAvailable, appsv1.DeploymentProgressing, appsv1.DeploymentReplicaFailure,
}

// conditionReason is what the schema of our status takes for a reason. That of a
// Deployment's takes anything.
//
// Source: k8s.io/apimachinery/pkg/apis/meta/v1/types.go (Condition).
var conditionReason = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$`)

// shownCondition returns a Deployment's condition as our status may hold it, nil if it is not
// shown or has no time.
func shownCondition(from *appsv1.DeploymentCondition) *metav1.Condition {
	shown := &metav1.Condition{
		Type:               string(from.Type),
		Status:             metav1.ConditionStatus(from.Status),
		Reason:             from.Reason,
		Message:            clean(from.Message, maxForeign),
		LastTransitionTime: from.LastTransitionTime,
	}
	if shown.LastTransitionTime.IsZero() {
		shown.LastTransitionTime = from.LastUpdateTime
	}
	if !slices.Contains(shownConditions, from.Type) || shown.LastTransitionTime.IsZero() {
		return nil
	}
	if len(shown.Reason) > maxForeign || !conditionReason.MatchString(shown.Reason) {
		shown.Reason = "Unknown"
	}
	if shown.Status != metav1.ConditionTrue && shown.Status != metav1.ConditionFalse {
		shown.Status = metav1.ConditionUnknown
	}
	return shown
}
