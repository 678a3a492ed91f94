// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func TestServerSideApply(t *testing.T) {
	t.Parallel()
	now := metav1.NewTime(time.Unix(1000, 0))
	by := func(manager string, operation metav1.ManagedFieldsOperationType, at metav1.Time) *v1alpha1.OllamaDeployment {
		return &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
			{Manager: "other", Operation: "Apply", Time: &metav1.Time{}}, {Manager: manager, Operation: operation, Time: &at},
		}}}
	}
	later := metav1.NewTime(now.Add(time.Hour))
	for name, tc := range map[string]struct {
		options string
		d, old  *v1alpha1.OllamaDeployment
		want    bool
	}{
		"no options":                      {``, by("a", "Apply", later), by("a", "Apply", now), false},
		"no manager":                      {`{"kind":"UpdateOptions"}`, by("a", "Apply", later), by("a", "Apply", now), false},
		"apply":                           {`{"kind":"UpdateOptions","fieldManager":"a"}`, by("a", "Apply", later), by("a", "Apply", now), true},
		"apply in the same second":        {`{"kind":"UpdateOptions","fieldManager":"a"}`, by("a", "Apply", later), by("a", "Apply", later), true},
		"first apply of a manager":        {`{"kind":"UpdateOptions","fieldManager":"a"}`, by("a", "Apply", now), by("b", "Apply", now), true},
		"patch by a manager that applied": {`{"kind":"UpdateOptions","fieldManager":"a"}`, by("a", "Apply", now), by("a", "Apply", now), false},
		"patch by another manager":        {`{"kind":"UpdateOptions","fieldManager":"b"}`, by("a", "Apply", later), by("a", "Apply", later), false},
		"patch by a manager that patched": {`{"kind":"UpdateOptions","fieldManager":"a"}`, by("a", "Update", later), by("a", "Update", now), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, isServerSideApply([]byte(tc.options), tc.d, tc.old, later.Add(time.Second)))
		})
	}
}
