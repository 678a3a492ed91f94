// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// autoscaler returns an autoscaler of a Deployment of the slot, or of its OllamaDeployment, with the name of what it
// scales. Without metrics it only keeps the replicas within its bounds.
func (u *user) autoscaler(s slot) *autoscalingv2.HorizontalPodAutoscaler {
	target := autoscalingv2.CrossVersionObjectReference{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.Kind, Name: s.name}
	if u.chance(0.8) {
		name := v1alpha1.ChildName(s.name, pick(u.generator, v1alpha1.ComponentNames()...))
		target = autoscalingv2.CrossVersionObjectReference{APIVersion: appsv1.SchemeGroupVersion.String(), Kind: "Deployment", Name: name}
	}
	return &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: target.Name},
		Spec:       autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: target, MinReplicas: maybe(u.generator, 0.8, int32(1), 2, 2), MaxReplicas: 3},
	}
}

func (u *user) autoscale(ctx context.Context, s slot) error {
	return u.api.Create(ctx, u.autoscaler(s))
}

func (u *user) stopAutoscaling(ctx context.Context, s slot) error {
	return u.api.Delete(ctx, u.autoscaler(s))
}

// isAutoscaled reports whether an autoscaler targets an object of the kind.
func (s *state) isAutoscaled(kind, namespace, name string) bool {
	for i := range s.autoscalers {
		one := &s.autoscalers[i]
		if target := one.Spec.ScaleTargetRef; one.Namespace == namespace && target.Kind == kind && target.Name == name {
			return true
		}
	}
	return false
}

// desired returns how many pods a component has to have: those that an autoscaler has set, if there is one.
func (s *state) desired(st *stack, c v1alpha1.Component) int32 {
	name := v1alpha1.ChildName(st.Name, c.Name)
	if live := s.deployment(st, c.Name); live != nil && live.Spec.Replicas != nil && s.isAutoscaled("Deployment", st.Namespace, name) {
		return *live.Spec.Replicas
	}
	return c.Replicas()
}
