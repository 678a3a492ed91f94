// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// judgeStatus returns what the status says and is not so.
func judgeStatus(s *state, st *stack) []string {
	var found []string
	wrong := func(format string, args ...any) {
		found = append(found, fmt.Sprintf("the status of %s/%s ", st.Namespace, st.Name)+fmt.Sprintf(format, args...))
	}
	if st.Status.ObservedGeneration != st.Generation {
		wrong("is of generation %d, not %d", st.Status.ObservedGeneration, st.Generation)
		return found
	}
	ready := meta.FindStatusCondition(st.Status.Conditions, v1alpha1.ConditionReady)
	progressing := meta.FindStatusCondition(st.Status.Conditions, v1alpha1.ConditionProgressing)
	if ready == nil || progressing == nil {
		wrong("has no conditions")
		return found
	}
	isPaused, isBlocked := st.Spec.IsPaused(), len(st.blocked) > 0
	if isPaused != (progressing.Reason == v1alpha1.ReasonPaused) {
		wrong("has Progressing %s, and paused is %t", progressing.Reason, isPaused)
	}
	if isReady := ready.Status == metav1.ConditionTrue || ready.Reason == v1alpha1.ReasonModelsNotPulled; isReady != (st.Status.Phase == v1alpha1.PhaseReady) {
		wrong("has phase %s, and Ready %s (%s)", st.Status.Phase, ready.Status, ready.Reason)
	}
	waiting := s.countPods(st, wrong)
	switch isTrue := ready.Status == metav1.ConditionTrue; {
	case isTrue && (waiting != "" || isBlocked && !isPaused):
		wrong("has Ready True; waiting: %s; blocked: %v", waiting, st.blocked)
	case !isPaused && !isBlocked && waiting != "":
		wrong("is right: %s", waiting) // but everything has to be rolled out by now
	case !isPaused && !isBlocked && !isTrue && ready.Reason != v1alpha1.ReasonModelsNotPulled:
		wrong("has Ready %s (%s: %s), and everything is rolled out", ready.Status, ready.Reason, ready.Message)
	}
	s.countModels(st, wrong)
	return found
}

// countPods compares the numbers of pods with those of the Deployments. It returns what is not rolled out, "" if
// everything is.
func (s *state) countPods(st *stack, wrong func(string, ...any)) (waiting string) {
	var sum, total int32
	for _, c := range st.Spec.EnabledComponents() {
		deployment, desired := s.deployment(st, c.Name), s.desired(st, c)
		total += desired
		if deployment == nil {
			waiting = string(c.Name) + " has no Deployment"
			continue
		}
		from := deployment.Status
		sum += min(from.ReadyReplicas, desired)
		is := st.Status.Component(c.Name)
		if is == nil || is.AvailableReplicas != from.AvailableReplicas || is.ReadyReplicas != from.ReadyReplicas || is.UpdatedReplicas != from.UpdatedReplicas {
			wrong("has other numbers than the Deployment of %s: %v", c.Name, is)
		}
		if from.ObservedGeneration < deployment.Generation || desired == 0 || from.AvailableReplicas < desired || from.Replicas != from.UpdatedReplicas {
			waiting = fmt.Sprintf("%s has %d of %d pods available, and %d are not up to date", c.Name, from.AvailableReplicas, desired, from.Replicas-from.UpdatedReplicas)
		}
	}
	if st.Status.ReadyReplicas != sum || st.Status.TotalReplicas != total {
		wrong("has %d of %d pods, and %d of %d are ready", st.Status.ReadyReplicas, st.Status.TotalReplicas, sum, total)
	}
	return waiting
}

// deployment returns the Deployment of a component, nil if there is none.
func (s *state) deployment(st *stack, component v1alpha1.ComponentName) *appsv1.Deployment {
	live := s.children[id{render.KindDeployment.Kind, st.Namespace, v1alpha1.ChildName(st.Name, component)}]
	if live == nil {
		return nil
	}
	deployment := &appsv1.Deployment{}
	if runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, deployment) != nil {
		return nil
	}
	return deployment
}

// arePullable reports whether the servers of the pods can pull the models.
func arePullable(listed []v1alpha1.OllamaModel) bool {
	return !slices.ContainsFunc(listed, func(model v1alpha1.OllamaModel) bool { return !slices.Contains(models, string(model)) })
}

// countModels finds pods that lack models which the status says they have, and models that are not pulled by now
// although they can be.
func (s *state) countModels(st *stack, wrong func(string, ...any)) {
	if !meta.IsStatusConditionTrue(st.Status.Conditions, v1alpha1.ConditionModelsPulled) {
		if !st.Spec.IsPaused() && len(st.blocked) == 0 && arePullable(st.Spec.Ollama.Models) {
			wrong("does not have ModelsPulled True, and all of %v can be pulled", st.Spec.Ollama.Models)
		}
		return
	}
	for _, have := range s.models[st.Namespace+"/"+st.Name] {
		for _, model := range st.Spec.Ollama.Models {
			if !slices.Contains(have, string(model)) {
				wrong("has ModelsPulled True, and a pod lacks %s", model)
			}
		}
	}
}
