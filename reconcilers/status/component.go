// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"regexp"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A componentState describes the observed state of an enabled component.
type componentState struct {
	component v1alpha1.ComponentName
	// desired number of pods.
	desired int32
	// deployment of the component, nil if there is none.
	deployment *appsv1.Deployment
	// capacity of the PersistentVolumeClaim, nil if there is none.
	capacity *resource.Quantity
	// failed lists the failures of the component's pods.
	failed []podFailure
	// models lists the failures of models.
	models []Failure
	// migrating is the image whose first pod migrates the database; "" if none does.
	migrating string
	// leaving is how many pods the migration waits for.
	leaving int
	// waitsFor describes what pods of the component are waiting for; "" if none is.
	waitsFor string
}

// componentStates returns the enabled components, Ollama first.
func componentStates(d *v1alpha1.OllamaDeployment, seen Observed, models modelsState, now time.Time) []componentState {
	enabled := d.Spec.EnabledComponents()
	out := make([]componentState, 0, len(enabled))
	for _, c := range enabled {
		out = append(out, stateOf(c, seen, now))
	}
	out[0].models = models.failures()
	for i := range out {
		if out[i].component == v1alpha1.ComponentTabby {
			out[i].waitFor(d, out[0], seen.Pods[v1alpha1.ComponentTabby], now)
		}
	}
	return out
}

func stateOf(c v1alpha1.Component, seen Observed, now time.Time) componentState {
	s := componentState{component: c.Name, desired: c.Replicas(), deployment: seen.Deployments[c.Name]}
	if seen.Migrating[c.Name] {
		s.migrating, s.leaving = c.ImageReference(), seen.Leaving[c.Name]
	}
	if c.ClaimSize() != nil {
		s.capacity = seen.Capacity[c.Name]
	}
	if seen.Autoscaled[c.Name] && s.deployment != nil && s.deployment.Spec.Replicas != nil {
		s.desired = *s.deployment.Spec.Replicas
	}
	s.failed = podFailures(seen.Pods[c.Name], s.rolledOut(), now)
	return s
}

// ready returns the number of ready pods, at most the desired number.
func (c componentState) ready() int32 {
	if c.deployment == nil {
		return 0
	}
	return min(c.deployment.Status.ReadyReplicas, c.desired)
}

// isObserved reports whether the Deployment's controller has observed the latest spec.
func (c componentState) isObserved() bool {
	return c.deployment != nil && c.deployment.Status.ObservedGeneration >= c.deployment.Generation
}

// upToDate returns how many of the desired pods are available and run the latest template. The
// Deployment's status does not count these, so it returns what its counts prove: an available
// pod may be of an older template while there are such pods.
func (c componentState) upToDate() int32 {
	if !c.isObserved() {
		return 0
	}
	return min(max(0, c.deployment.Status.AvailableReplicas-c.outdated()), c.desired)
}

// outdated returns how many pods run an older template, as far as the controller has observed.
func (c componentState) outdated() int32 {
	if c.deployment == nil {
		return 0
	}
	return c.deployment.Status.Replicas - c.deployment.Status.UpdatedReplicas
}

// rolledOut reports whether the Deployment's controller has observed the latest spec, all
// pods run it and are ready, there is at least one, and the database is migrated.
func (c componentState) rolledOut() bool {
	return c.desired > 0 && c.migrating == "" && c.isObserved() && c.deployment.Status.AvailableReplicas >= c.desired && c.outdated() == 0
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

// status returns the component's part of the object's status.
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
		condition := exposedCondition(&from.Conditions[i])
		if condition == nil || meta.FindStatusCondition(status.Conditions, condition.Type) != nil {
			continue
		}
		condition.ObservedGeneration = from.ObservedGeneration
		status.Conditions = append(status.Conditions, *condition)
	}
	return status
}

// exposedConditions lists the types of a Deployment's conditions that are copied to the status:
// those that the Deployment controller sets. Other clients may add more.
var exposedConditions = []appsv1.DeploymentConditionType{
	appsv1.DeploymentAvailable, appsv1.DeploymentProgressing, appsv1.DeploymentReplicaFailure,
}

// conditionReason matches the reasons that the CRD schema allows. A Deployment can have any.
//
// Source: k8s.io/apimachinery/pkg/apis/meta/v1/types.go (Condition).
var conditionReason = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$`)

// exposedCondition converts a Deployment's condition to one that the CRD schema allows. It returns
// nil if the type is not exposed or the condition has no time.
func exposedCondition(from *appsv1.DeploymentCondition) *metav1.Condition {
	exposed := &metav1.Condition{
		Type:               string(from.Type),
		Status:             metav1.ConditionStatus(from.Status),
		Reason:             from.Reason,
		Message:            Clean(from.Message, maxForeign),
		LastTransitionTime: from.LastTransitionTime,
	}
	if exposed.LastTransitionTime.IsZero() {
		exposed.LastTransitionTime = from.LastUpdateTime
	}
	if !slices.Contains(exposedConditions, from.Type) || exposed.LastTransitionTime.IsZero() {
		return nil
	}
	if len(exposed.Reason) > maxForeign || !conditionReason.MatchString(exposed.Reason) {
		exposed.Reason = "Unknown"
	}
	if exposed.Status != metav1.ConditionTrue && exposed.Status != metav1.ConditionFalse {
		exposed.Status = metav1.ConditionUnknown
	}
	return exposed
}
