// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"
	applypolicyv1 "k8s.io/client-go/applyconfigurations/policy/v1"
)

// disruptionBudget returns the part's PodDisruptionBudget, if it has several pods: nodes are drained
// one pod after the other. A single pod would never be evicted, and pods that are not ready serve nobody.
func (p part) disruptionBudget() []Object {
	if p.Replicas() <= 1 {
		return nil
	}
	config := applypolicyv1.PodDisruptionBudget(p.name(), p.d.Namespace).
		WithLabels(p.labels()).
		WithOwnerReferences(p.owner()).
		WithSpec(applypolicyv1.PodDisruptionBudgetSpec().
			WithMaxUnavailable(intstr.FromInt32(1)).
			WithUnhealthyPodEvictionPolicy(policyv1.AlwaysAllow).
			WithSelector(applymetav1.LabelSelector().WithMatchLabels(p.selector())))
	return []Object{{Kind: KindPodDisruptionBudget, Name: p.name(), Config: config}}
}
