// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func TestIsProgress(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*v1alpha1.OllamaDeploymentStatus)
		want   bool
	}{
		"replicas of a component": {func(s *v1alpha1.OllamaDeploymentStatus) { s.OllamaStatus.UpdatedReplicas = 2 }, true},
		"a component's first status": {func(s *v1alpha1.OllamaDeploymentStatus) {
			s.TabbyStatus = &v1alpha1.DeploymentComponentStatus{}
		}, true},
		"a message": {func(s *v1alpha1.OllamaDeploymentStatus) {
			s.Conditions[0].Message, s.Conditions[0].LastTransitionTime = "another", metav1.NewTime(time.Unix(2, 0))
		}, true},
		"ready replicas": {func(s *v1alpha1.OllamaDeploymentStatus) { s.ReadyReplicas, s.Ready = 1, "1/3" }, false},
		"the phase":      {func(s *v1alpha1.OllamaDeploymentStatus) { s.Phase = v1alpha1.PhaseProgressing }, false},
		"the generation": {func(s *v1alpha1.OllamaDeploymentStatus) { s.ObservedGeneration = 2 }, false},
		"a condition":    {func(s *v1alpha1.OllamaDeploymentStatus) { s.Conditions[0].Status = metav1.ConditionTrue }, false},
		"a reason":       {func(s *v1alpha1.OllamaDeploymentStatus) { s.Conditions[0].Reason = "Another" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := v1alpha1.OllamaDeploymentStatus{
				ObservedGeneration: 1, Phase: v1alpha1.PhasePending, Ready: "0/3",
				OllamaStatus: &v1alpha1.DeploymentComponentStatus{},
				Conditions:   []metav1.Condition{{Type: "Ready", Status: metav1.ConditionFalse, Reason: "Waiting", LastTransitionTime: metav1.NewTime(time.Unix(1, 0))}},
			}
			after := *before.DeepCopy()
			tc.change(&after)
			assert.Equal(t, tc.want, IsProgress(before, after))
			before.Phase, after.Phase = v1alpha1.PhaseReady, v1alpha1.PhaseReady
			assert.False(t, IsProgress(before, after), "it is ready")
		})
	}
}
