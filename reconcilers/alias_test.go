// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The alias's status is the OllamaDeployment's, and speaks of the alias's own
// generations: of the latest one only when the OllamaDeployment's does.
func TestMirrored(t *testing.T) {
	t.Parallel()
	alias := &v1alpha1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "stack", Generation: 7}}
	alias.Status.ObservedGeneration = 6
	owned := func(observed int64) *v1alpha1.OllamaDeployment {
		d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Name: "stack", Generation: 3}}
		d.Status = v1alpha1.OllamaDeploymentStatus{
			ObservedGeneration: observed, Phase: v1alpha1.PhaseReady, Ready: "1/1",
			Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, ObservedGeneration: observed}},
		}
		return d
	}
	for name, tc := range map[string]struct {
		observed, want int64
	}{
		"seen":         {3, 7},
		"not seen yet": {2, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := owned(tc.observed)
			status := mirrored(alias, d, nil, metav1.Now())
			assert.Equal(t, tc.want, status.ObservedGeneration)
			assert.Equal(t, tc.want, status.Conditions[0].ObservedGeneration)
			assert.Equal(t, v1alpha1.PhaseReady, status.Phase)
			assert.Equal(t, tc.observed, d.Status.Conditions[0].ObservedGeneration, "the cache's object is left alone")
		})
	}
	now := metav1.NewTime(time.Unix(1, 0))

	// What keeps the alias from being followed does not hide that the pods run.
	refused := mirrored(alias, owned(3), &failingError{errors.New("no")}, now)
	assert.Equal(t, "1/1", refused.Ready)
	assert.Equal(t, int64(7), refused.ObservedGeneration)
	ready := meta.FindStatusCondition(refused.Conditions, v1alpha1.ConditionReady)
	assert.Equal(t, v1alpha1.ReasonApplyFailed, ready.Reason)
	assert.Equal(t, now, ready.LastTransitionTime)

	status := mirrored(alias, nil, &conflictError{v1alpha1.Kind, "stack", v1alpha1.KindAlias}, now)
	assert.Equal(t, v1alpha1.PhasePending, status.Phase)
	assert.Equal(t, int64(7), status.ObservedGeneration)
	assert.Equal(t, v1alpha1.ReasonNameConflict, status.Conditions[0].Reason)
	assert.Equal(t, `OllamaDeployment "stack" exists and does not belong to this Deployment; delete or rename it, or choose another name`, status.Conditions[0].Message)
}

// What belongs to an alias that was deleted goes by itself; anything else is a conflict.
func TestAliasOwnershipError(t *testing.T) {
	t.Parallel()
	alias := &v1alpha1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "stack", UID: "new"}}
	owned := func(apiVersion, kind, name string) *v1alpha1.OllamaDeployment {
		return &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Name: "stack", OwnerReferences: []metav1.OwnerReference{
			{APIVersion: apiVersion, Kind: kind, Name: name, UID: "old", Controller: new(true)},
		}}}
	}
	var predecessor *predecessorError
	var conflict *conflictError
	require.ErrorAs(t, aliasOwnershipError(alias, owned("llm.geeper.io/v1alpha1", "Deployment", "stack")), &predecessor)
	require.ErrorAs(t, aliasOwnershipError(alias, owned("apps/v1", "Deployment", "stack")), &conflict)
	require.ErrorAs(t, aliasOwnershipError(alias, owned("llm.geeper.io/v1alpha1", "Deployment", "other")), &conflict)
	require.ErrorAs(t, aliasOwnershipError(alias, &v1alpha1.OllamaDeployment{}), &conflict)
}
