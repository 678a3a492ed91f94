// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/internal/render"
)

// Under an autoscaler the replicas are not applied, unless that would reset them.
func TestPreserveReplicas(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		autoscaled bool
		applied    string
		want       *int32
	}{
		"no autoscaler":                        {false, "applied", new(int32(1))},
		"no autoscaler, set by somebody":       {false, "", new(int32(1))},
		"an autoscaler that has set them":      {true, "", nil},
		"an autoscaler that has not yet begun": {true, "applied", new(int32(3))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{replicasLabel: tc.applied}}}
			live.Spec.Replicas = new(int32(3))
			config := applyappsv1.Deployment("a", "b").WithSpec(applyappsv1.DeploymentSpec().WithReplicas(1))
			require.NoError(t, (&trackedObject{}).stage(childKey{}, config, live, &bundleState{autoscaled: tc.autoscaled}))
			assert.Equal(t, tc.want, config.Spec.Replicas)
		})
	}
}

// Whether the operator applies the replicas, the records of the field managers say.
func TestAppliesReplicas(t *testing.T) {
	t.Parallel()
	const replicas = `{"f:spec":{"f:replicas":{}}}`
	for name, tc := range map[string]struct {
		entry metav1.ManagedFieldsEntry
		want  bool
	}{
		"applied":    {metav1.ManagedFieldsEntry{Manager: "llm-operator", Operation: "Apply", FieldsV1: metav1.NewFieldsV1(replicas)}, true},
		"others":     {metav1.ManagedFieldsEntry{Manager: "llm-operator", Operation: "Apply", FieldsV1: metav1.NewFieldsV1(`{"f:spec":{"f:strategy":{}}}`)}, false},
		"scaled":     {metav1.ManagedFieldsEntry{Manager: "kube-controller-manager", Subresource: "scale", Operation: "Update", FieldsV1: metav1.NewFieldsV1(replicas)}, false},
		"edited":     {metav1.ManagedFieldsEntry{Manager: "kubectl-edit", Operation: "Update", FieldsV1: metav1.NewFieldsV1(replicas)}, false},
		"no records": {metav1.ManagedFieldsEntry{Manager: "llm-operator", Operation: "Apply"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{tc.entry}}}
			assert.Equal(t, tc.want, render.Applies(live, "replicas"))
		})
	}
}
