// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Observed contains the state of the children, by component, that a status is computed from. The zero
// value means that there are no children.
type Observed struct {
	Deployments map[v1alpha1.ComponentName]*appsv1.Deployment
	// Pods of the Deployments whose state is not zero.
	Pods map[v1alpha1.ComponentName][]ObservedPod
	// Autoscaled reports whether an autoscaler sets the component's replicas.
	Autoscaled map[v1alpha1.ComponentName]bool
	// Migrating reports whether one pod of the component migrates its database, and the others wait for it.
	Migrating map[v1alpha1.ComponentName]bool
	// Leaving is how many pods a migration waits for that are of no Deployment anymore, or end.
	Leaving map[v1alpha1.ComponentName]int
	// Capacity of the PersistentVolumeClaims, which may differ from the request.
	Capacity map[v1alpha1.ComponentName]*resource.Quantity
	// Entrances to the components from outside the cluster.
	Entrances map[v1alpha1.ComponentName]Entrance
	// NoGatewayAPI reports that the cluster does not have HTTPRoutes.
	NoGatewayAPI bool
	// Models in the Ollama pods; nil as long as nothing is known of them.
	Models *ObservedModels
	// Queued are the components whose restart waits for that of other objects.
	Queued []v1alpha1.ComponentName
	// Debt of the spec.
	Debt Debt
}

// An ObservedPod names a pod with a state that is not zero.
type ObservedPod struct {
	Name  string
	State PodState
}

// NextLook returns the time after which the pods have to be observed again even if no change is
// reported; 0 means never.
func (o Observed) NextLook(now time.Time) time.Duration {
	var next time.Duration
	for _, pods := range o.Pods {
		for _, pod := range pods {
			if look := pod.State.NextLook(now); look != 0 && (next == 0 || look < next) {
				next = look
			}
		}
	}
	return next
}

// A Problem describes why the children cannot be applied.
type Problem struct {
	// Reason and Message of the conditions Ready and Progressing.
	Reason, Message string
}

// Condition returns a condition of the type with status False because of the problem, without a
// transition time.
func (p *Problem) Condition(kind string) metav1.Condition {
	return condition(kind, metav1.ConditionFalse, p.Reason, p.Message)
}

// Compute returns the status of d. The problem is nil if there is none. Conditions whose status
// does not change retain their transition time; it is now for the others.
func Compute(d *v1alpha1.OllamaDeployment, seen Observed, problem *Problem, now metav1.Time) v1alpha1.OllamaDeploymentStatus {
	status := v1alpha1.OllamaDeploymentStatus{
		ObservedGeneration: d.Generation,
		Conditions:         d.DeepCopy().Status.Conditions,
		Selector:           labels.SelectorFromSet(v1alpha1.SelectorLabels(d.Name, v1alpha1.ComponentOllama)).String(),
	}
	status.Models = modelStatuses(d, seen.Models, now)
	status.ModelsReady = modelsReady(status.Models)
	status.RemovedModels = removedModels(d, seen.Models, now)
	status.LastModelRefresh = d.Status.LastModelRefresh
	if seen.Models != nil && seen.Models.Refreshed != "" {
		status.LastModelRefresh = seen.Models.Refreshed
	}
	models := modelsState{
		status.Models, seen.Models, meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionModelsPulled), d.Spec.NetworkPolicy.IsEnabled(),
	}
	components := componentStates(d, seen, models, now.Time)
	for _, c := range components {
		status.ReadyReplicas += c.ready()
		status.TotalReplicas += c.desired
		status.SetComponent(c.component, c.status())
	}
	setURLs(&status, d, seen)
	status.Ready = fmt.Sprintf("%d/%d", status.ReadyReplicas, status.TotalReplicas)
	set := func(condition metav1.Condition) {
		condition.ObservedGeneration, condition.LastTransitionTime = d.Generation, now
		meta.SetStatusCondition(&status.Conditions, condition)
	}
	setOptional := func(kind string, condition *metav1.Condition) {
		if condition == nil {
			meta.RemoveStatusCondition(&status.Conditions, kind)
		} else {
			set(*condition)
		}
	}
	for _, condition := range conditions(components, models, progressingCondition(d, components, seen.Queued, problem), problem) {
		set(condition)
	}
	setOptional(v1alpha1.ConditionRoutesAccepted, routesCondition(d, seen))
	setOptional(v1alpha1.ConditionDebt, seen.Debt.Condition())
	status.Phase = Phase(status)
	return status
}

// setURLs sets the addresses of the components, which have a status already, and that of the whole.
func setURLs(status *v1alpha1.OllamaDeploymentStatus, d *v1alpha1.OllamaDeployment, seen Observed) {
	for _, c := range d.Spec.EnabledComponents() {
		url := urlOf(d, c, seen.Entrances[c.Name])
		status.Component(c.Name).URL = url
		if status.URL == "" && c.Name != v1alpha1.ComponentOllama {
			status.URL = url
		}
	}
}

// Phase returns Ready if the condition Ready is True, or False only because of models, Progressing if
// any pod is ready, and Pending otherwise.
func Phase(status v1alpha1.OllamaDeploymentStatus) v1alpha1.Phase {
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	switch {
	case ready != nil && (ready.Status == metav1.ConditionTrue || ready.Reason == v1alpha1.ReasonModelsNotPulled):
		return v1alpha1.PhaseReady
	case status.ReadyReplicas > 0:
		return v1alpha1.PhaseProgressing
	default:
		return v1alpha1.PhasePending
	}
}
