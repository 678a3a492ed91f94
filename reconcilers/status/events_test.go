// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"

	"github.com/stretchr/testify/assert"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Only changes of conditions are worth an event.
func TestEvents(t *testing.T) {
	t.Parallel()
	of := func(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: reason}
	}
	waiting, ready := of("Ready", "False", "ReplicasNotReady"), of("Ready", "True", "AllReplicasReady")
	conflict := of("Ready", "False", "NameConflict")
	well, pull, image := of("Degraded", "False", "AsExpected"), of("Degraded", "True", "ModelPullFailed"), of("Degraded", "True", "ImagePullFailed")
	type conditions = []metav1.Condition
	for name, tc := range map[string]struct {
		before, after conditions
		want          []string
	}{
		"new, and waiting":       {nil, conditions{waiting, well}, nil},
		"ready":                  {conditions{waiting, well}, conditions{ready, well}, []string{"Normal AllReplicasReady"}},
		"still ready":            {conditions{ready, well}, conditions{ready, well}, nil},
		"no longer ready":        {conditions{ready, well}, conditions{waiting, well}, []string{"Normal ReplicasNotReady"}},
		"a name is taken":        {nil, conditions{conflict, well}, []string{"Warning NameConflict"}},
		"a model is missing":     {conditions{waiting, well}, conditions{waiting, pull}, nil},
		"missing from the start": {nil, conditions{waiting, pull}, nil},
		"something else":         {conditions{waiting, pull}, conditions{waiting, image}, []string{"Warning ImagePullFailed"}},
		"well again":             {conditions{waiting, pull}, conditions{ready, well}, []string{"Normal AllReplicasReady", "Normal AsExpected"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, found := range conditionEvents(tc.before, tc.after) {
				got = append(got, found.Type+" "+found.Reason)
			}
			assert.Equal(t, tc.want, got)
		})
	}
}
