// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// judgeAliases returns the aliases whose OllamaDeployment is missing, has another spec, or whose status is not its,
// and the OllamaDeployments that are left of deleted aliases.
func (o *oracle) judgeAliases(s *state) []string {
	var found []string
	isThere := map[string]bool{}
	for i := range s.aliases {
		alias := &v1alpha1.Deployment{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(s.aliases[i].Object, alias); err != nil {
			found = append(found, fmt.Sprintf("%s is stored and cannot be decoded: %v", idOf(&s.aliases[i]), err))
			continue
		}
		isThere[alias.Namespace+"/"+alias.Name] = true
		found = append(found, inDebt("the alias", alias.AsOllamaDeployment())...)
		found = append(found, s.judgeAlias(alias)...)
	}
	for _, d := range s.objects {
		name := d.Namespace + "/" + d.Name
		if o.slots[name].role == aliased && !isThere[name] {
			found = append(found, fmt.Sprintf("OllamaDeployment %s is left of a deleted alias", name))
		}
	}
	return found
}

func (s *state) judgeAlias(alias *v1alpha1.Deployment) []string {
	var found []string
	wrong := func(format string, args ...any) {
		found = append(found, fmt.Sprintf("the alias %s/%s ", alias.Namespace, alias.Name)+fmt.Sprintf(format, args...))
	}
	if !alias.DeletionTimestamp.IsZero() {
		wrong("is still being deleted")
		return found
	}
	owned := s.object(alias.Namespace, alias.Name)
	if owned == nil || !metav1.IsControlledBy(owned, alias) {
		wrong("has no OllamaDeployment")
		return found
	}
	if !s.hasSpecOf(owned, alias) {
		wrong("has an OllamaDeployment of another spec")
	}
	is, want := alias.Status, owned.Status
	if is.ObservedGeneration != alias.Generation || is.Phase != want.Phase || is.Ready != want.Ready || is.ModelsReady != want.ModelsReady {
		wrong("has the status %s %s %s of generation %d, not %s %s %s of %d", is.Phase, is.Ready, is.ModelsReady, is.ObservedGeneration,
			want.Phase, want.Ready, want.ModelsReady, alias.Generation)
	}
	for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionProgressing, v1alpha1.ConditionModelsPulled} {
		mirror, source := meta.FindStatusCondition(is.Conditions, kind), meta.FindStatusCondition(want.Conditions, kind)
		if mirror == nil || source == nil || mirror.Status != source.Status || mirror.Reason != source.Reason || mirror.Message != source.Message {
			wrong("has the condition %v, not %v", mirror, source)
		}
	}
	return found
}

// object returns a stored object, nil if there is none.
func (s *state) object(namespace, name string) *v1alpha1.OllamaDeployment {
	for _, d := range s.objects {
		if d.Namespace == namespace && d.Name == name {
			return d
		}
	}
	return nil
}

// hasSpecOf reports whether the object has the spec of its alias, without deprecated fields. Its replicas are those of
// an autoscaler, if there is one.
func (s *state) hasSpecOf(owned *v1alpha1.OllamaDeployment, alias *v1alpha1.Deployment) bool {
	wanted := &v1alpha1.OllamaDeployment{ObjectMeta: owned.ObjectMeta, Spec: *alias.Spec.DeepCopy()}
	wanted.Spec.DropDeprecatedFields()
	if s.isAutoscaled(v1alpha1.Kind, owned.Namespace, owned.Name) {
		wanted.Spec.Ollama.Replicas = owned.Spec.Ollama.Replicas
	}
	wanted.Default()
	return equality.Semantic.DeepEqual(owned.Spec, wanted.Spec)
}
