// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// named returns an object of a name of its own, because the metrics are those of the process.
func named(name string) *v1alpha1.OllamaDeployment {
	d := object("uid", 1)
	d.Name = name
	return d
}

// The debt is computed once per generation, and counted until the object is deleted.
func TestDebtOf(t *testing.T) {
	t.Parallel()
	computed := 0
	debt := status.Debt{ToleratedErrors: []string{"a", "b"}, DeprecatedFields: []string{"c"}}
	r := &Reconciler{Options: Options{Debt: func(*v1alpha1.OllamaDeployment) status.Debt {
		computed++
		return debt
	}}}
	d := named("debtor")
	count := func(kind string) float64 { return testutil.ToFloat64(objectDebt.WithLabelValues("n", "debtor", kind)) }
	for range 2 {
		assert.Equal(t, debt, r.debtOf(r.tracker.of(d), d))
	}
	assert.Equal(t, 1, computed)
	assert.InDelta(t, 2, count(toleratedErrorType), 0)
	assert.InDelta(t, 1, count(deprecatedFieldType), 0)
	d.Generation, debt = 2, status.Debt{DeprecatedFields: []string{"c"}}
	assert.Equal(t, debt, r.debtOf(r.tracker.of(d), d))
	assert.Equal(t, 2, computed)
	assert.False(t, objectDebt.DeleteLabelValues("n", "debtor", toleratedErrorType), "it is gone")
	r.forget(client.ObjectKeyFromObject(d))
	assert.False(t, objectDebt.DeleteLabelValues("n", "debtor", deprecatedFieldType), "it is gone")
}

// An alias has debts of its own, beside what its OllamaDeployment reports, whose metrics it has.
func TestDebtOfAlias(t *testing.T) {
	t.Parallel()
	alias, now := (*v1alpha1.Deployment)(named("alias")), metav1.Unix(2, 0)
	r := &AliasReconciler{Debt: func(d *v1alpha1.OllamaDeployment) status.Debt {
		return status.Debt{DeprecatedFields: []string{d.Kind}}
	}}
	mirror := v1alpha1.OllamaDeploymentStatus{ObservedGeneration: 1, Conditions: []metav1.Condition{{Type: v1alpha1.ConditionDebt, Message: "mirrored"}}}
	after := r.withDebt(r.tracker.of(alias), alias, mirror, now)
	found := meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionDebt)
	require.NotNil(t, found)
	assert.Equal(t, metav1.Condition{
		Type: "Debt", Status: "True", Reason: "DeprecatedFields", Message: "Deployment", ObservedGeneration: 1, LastTransitionTime: now,
	}, *found)
	assert.Empty(t, alias.Kind, "the cache's object is left alone")
	alias.Status = after
	assert.Equal(t, after, r.withDebt(r.tracker.of(alias), alias, after, metav1.Unix(3, 0)), "at rest")

	owned := named("alias")
	owned.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(alias, v1alpha1.GroupVersion.WithKind(v1alpha1.KindAlias))}
	of := &Reconciler{}
	of.debtOf(of.tracker.of(owned), owned)
	assert.InDelta(t, 1, testutil.ToFloat64(objectDebt.WithLabelValues("n", "alias", deprecatedFieldType)), 0)
	r.forget(client.ObjectKeyFromObject(alias))
	assert.False(t, objectDebt.DeleteLabelValues("n", "alias", deprecatedFieldType), "it is gone")
}
