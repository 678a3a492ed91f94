// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// Types of debt, values of the label "type" of objectDebt.
const (
	toleratedErrorType  = "tolerated_error"
	deprecatedFieldType = "deprecated_field"
)

var objectDebt = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Name: "llm_operator_object_debt",
	Help: "Number of errors that admission tolerates in a stored OllamaDeployment, and of its deprecated fields, by type. Objects without any are left out.",
}, []string{"namespace", "name", "type"})

func init() { metrics.Registry.MustRegister(objectDebt) }

// A debtFunc returns what admission tolerates in a stored object. A nil one knows of nothing.
type debtFunc func(*v1alpha1.OllamaDeployment) status.Debt

// debtOf returns the debt of the spec, which is computed once per generation.
func (t *trackedObject) debtOf(compute debtFunc, d *v1alpha1.OllamaDeployment) status.Debt {
	if compute != nil && t.debtGeneration != d.Generation {
		t.debt, t.debtGeneration = compute(d), d.Generation
	}
	return t.debt
}

// noteDebt sets the metrics of an object.
func noteDebt(object client.Object, debt status.Debt) {
	for kind, entries := range map[string][]string{toleratedErrorType: debt.ToleratedErrors, deprecatedFieldType: debt.DeprecatedFields} {
		if len(entries) > 0 {
			objectDebt.WithLabelValues(object.GetNamespace(), object.GetName(), kind).Set(float64(len(entries)))
		} else {
			objectDebt.DeleteLabelValues(object.GetNamespace(), object.GetName(), kind)
		}
	}
}

// debtOf returns the debt of the object, and sets its metrics, unless it belongs to an alias, which has the same name
// and debts of its own.
func (r *Reconciler) debtOf(tracked *trackedObject, d *v1alpha1.OllamaDeployment) status.Debt {
	debt := tracked.debtOf(r.Options.Debt, d)
	controller := metav1.GetControllerOfNoCopy(d)
	if controller == nil || controller.Kind != v1alpha1.KindAlias || controller.APIVersion != v1alpha1.GroupVersion.String() {
		noteDebt(d, debt)
	}
	return debt
}

// withDebt replaces the condition Debt of an alias's status, which is that of its OllamaDeployment, by that of the
// alias, whose deprecated fields the OllamaDeployment does not have.
func (r *AliasReconciler) withDebt(tracked *trackedObject, alias *v1alpha1.Deployment, after v1alpha1.OllamaDeploymentStatus, now metav1.Time) v1alpha1.OllamaDeploymentStatus {
	d := *alias.AsOllamaDeployment()
	d.Kind = v1alpha1.KindAlias // the cache has it without
	debt := tracked.debtOf(r.Debt, &d)
	noteDebt(alias, debt)
	meta.RemoveStatusCondition(&after.Conditions, v1alpha1.ConditionDebt)
	if is := debt.Condition(); is != nil {
		is.ObservedGeneration, is.LastTransitionTime = after.ObservedGeneration, now
		if was := meta.FindStatusCondition(alias.Status.Conditions, v1alpha1.ConditionDebt); was != nil {
			is.LastTransitionTime = was.LastTransitionTime
		}
		after.Conditions = append(after.Conditions, *is)
	}
	return after
}

// forgetDebt drops the metrics of a deleted object.
func forgetDebt(key client.ObjectKey) {
	objectDebt.DeletePartialMatch(prometheus.Labels{"namespace": key.Namespace, "name": key.Name})
}

// forget drops what is known of a deleted alias.
func (r *AliasReconciler) forget(key client.ObjectKey) {
	r.tracker.forget(key)
	forgetDebt(key)
}
