// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A value that a field manager owns was set by the user, even if it equals the derived one.
func TestDerivedAndFieldManagers(t *testing.T) {
	t.Parallel()
	testDerived(t, map[string]derivedCase{
		"preserves a model that a manager owns": {
			stored: func(d *object) { d.ManagedFields = managed(`{"f:spec":{"f:tabby":{"f:modelName":{}}}}`) },
			update: addModel,
			check: func(t *testing.T, d *object) {
				t.Helper()
				wantModel("llama2:7b")(t, d)
				wantMemory("10Gi")(t, d)
			},
		},
		"preserves the request that a manager owns, and derives the other": {
			stored: func(d *object) {
				d.Spec.Ollama.Resources.Requests["cpu"] = resource.MustParse("500m")
				d.ManagedFields = managed(`{"f:spec":{"f:ollama":{"f:resources":{"f:requests":{"f:cpu":{}}}}}}`)
			},
			update: func(d *object) {
				addModel(d)
				d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"cpu": resource.MustParse("2")}
			},
			check: wantRequests("10Gi"),
		},
		"derives the requests of empty resources that a manager owns": {
			stored: func(d *object) {
				d.ManagedFields = managed(`{"f:spec":{"f:ollama":{"f:resources":{}}}}`)
				d.Annotations = lastApplied(`{"spec":{"ollama":{"resources":{"requests":null}}}}`)
			},
			update: addModel,
			check:  wantRequests("10Gi"),
		},
	})
}

// kubectl apply does not send a value that is stored already, so that no manager owns it; the
// last-applied-configuration annotation has it.
func TestDerivedAndLastApplied(t *testing.T) {
	t.Parallel()
	setPortBy := func(manager string) func(*object) {
		return func(d *object) {
			setPort(d)
			d.ManagedFields = annotatedBy(manager)
			d.Annotations = lastApplied(`{"metadata":{"uid":"1"},"spec":{"tabby":{"ollamaServicePort":11434}}}`)
		}
	}
	testDerived(t, map[string]derivedCase{
		"preserves the values of kubectl apply's manifest": {
			update: func(d *object) {
				setPort(d)
				addModel(d)
				d.Annotations = lastApplied(`{"spec":{"ollama":{"resources":{"requests":{"memory":"6Gi"}}},"tabby":{"ollamaServicePort":11434,"modelName":"llama2:7b"}}}`)
			},
			check: func(t *testing.T, d *object) {
				t.Helper()
				wantTabbyPort(11434)(t, d)
				wantModel("llama2:7b")(t, d)
				wantRequests("6Gi")(t, d)
			},
		},
		"ignores the annotation of kubectl edit": {
			stored: func(d *object) { d.Annotations = lastApplied(`{"spec":{"ollama":{"models":["llama2:7b"]}}}`) },
			update: setPortBy("kubectl-edit"),
			check:  wantTabbyPort(80),
		},
		"preserves the values of the manifest before an edit": {
			stored: func(d *object) { d.Annotations = lastApplied(`{"spec":{"tabby":{"ollamaServicePort":11434}}}`) },
			update: setPortBy("kubectl-edit"),
			check:  wantTabbyPort(11434),
		},
		"preserves the values of a manifest that was read from the cluster": {
			update: setPortBy("kubectl-client-side-apply"),
			check:  wantTabbyPort(11434),
		},
	})
}

func managed(fields string) []metav1.ManagedFieldsEntry {
	return []metav1.ManagedFieldsEntry{{
		Manager: "kubectl", Operation: metav1.ManagedFieldsOperationUpdate, FieldsType: "FieldsV1",
		FieldsV1: metav1.NewFieldsV1(fields),
	}}
}

// annotatedBy returns the managed fields of a manager that wrote the last-applied-configuration
// annotation.
func annotatedBy(manager string) []metav1.ManagedFieldsEntry {
	entries := managed(`{"f:metadata":{"f:annotations":{"f:kubectl.kubernetes.io/last-applied-configuration":{}}}}`)
	entries[0].Manager = manager
	return entries
}

func lastApplied(manifest string) map[string]string {
	return map[string]string{corev1.LastAppliedConfigAnnotation: manifest}
}
