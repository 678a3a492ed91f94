// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"

	"github.com/stretchr/testify/assert"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
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
	rolling, migrating := of("Progressing", "True", "RollingOut"), of("Progressing", "True", "MigratingDatabase")
	held, paused := of("Ready", "False", "Paused"), of("Progressing", "False", "Paused")
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
		"a model is missing":     {conditions{waiting, well}, conditions{waiting, pull}, []string{"Warning ModelPullFailed"}},
		"missing from the start": {nil, conditions{waiting, pull}, []string{"Warning ModelPullFailed"}},
		"something else":         {conditions{waiting, pull}, conditions{waiting, image}, []string{"Warning ImagePullFailed"}},
		"a database":             {nil, conditions{waiting, migrating}, []string{"Normal MigratingDatabase"}},
		"another version":        {conditions{waiting, rolling}, conditions{waiting, migrating}, []string{"Normal MigratingDatabase"}},
		"still migrating":        {conditions{waiting, migrating}, conditions{waiting, migrating}, nil},
		"migrated":               {conditions{waiting, migrating}, conditions{waiting, rolling}, nil},
		"paused":                 {conditions{ready, rolling}, conditions{ready, paused}, []string{"Normal Paused"}},
		"paused with a change":   {conditions{ready, rolling}, conditions{held, paused}, []string{"Normal Paused"}},
		"another change":         {conditions{ready, paused}, conditions{held, paused}, nil},
		"resumed":                {conditions{held, paused}, conditions{waiting, rolling}, []string{"Normal ReplicasNotReady", "Normal Resumed"}},
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

func TestModelEvents(t *testing.T) {
	t.Parallel()
	model := func(phase v1alpha1.ModelPhase, message string) v1alpha1.ModelStatus {
		return v1alpha1.ModelStatus{Name: "a:1b", Phase: phase, Message: message}
	}
	failing := []metav1.Condition{{Type: "Degraded", Status: "True", Reason: "ModelPullFailed", Message: "model a:1b: no"}}
	well := []metav1.Condition{{Type: "Degraded", Status: "False", Reason: "AsExpected"}}
	removed := []v1alpha1.RemovedModel{{Name: "b:1b"}}
	type status = v1alpha1.OllamaDeploymentStatus
	for name, tc := range map[string]struct {
		before, after status
		want          []string
	}{
		"new":      {status{}, status{Models: []v1alpha1.ModelStatus{model("Pending", "")}}, nil},
		"pulled":   {status{Models: []v1alpha1.ModelStatus{model("Pulling", "")}}, status{Models: []v1alpha1.ModelStatus{model("Pulled", "")}}, []string{"Normal ModelPulled every Ollama pod has model a:1b"}},
		"the same": {status{Models: []v1alpha1.ModelStatus{model("Pulled", "")}}, status{Models: []v1alpha1.ModelStatus{model("Pulled", "")}}, nil},
		"failed, once": {
			status{Models: []v1alpha1.ModelStatus{model("Pending", "")}, Conditions: well},
			status{Models: []v1alpha1.ModelStatus{model("Failed", "no")}, Conditions: failing},
			[]string{"Warning ModelPullFailed model a:1b: no"},
		},
		"too new": {
			status{Models: []v1alpha1.ModelStatus{model("Pending", "")}},
			status{Models: []v1alpha1.ModelStatus{model("Failed", "412: it requires a newer version of Ollama.")}},
			[]string{"Warning ModelNeedsNewerOllama model a:1b: 412: it requires a newer version of Ollama."},
		},
		"deleted":      {status{RemovedModels: removed}, status{}, []string{"Normal ModelDeleted model b:1b was removed from the list and deleted from the pods"}},
		"listed again": {status{RemovedModels: removed}, status{Models: []v1alpha1.ModelStatus{{Name: "b:1b", Phase: "Pending"}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, found := range Events(&v1alpha1.OllamaDeployment{}, tc.before, tc.after) {
				got = append(got, found.Type+" "+found.Reason+" "+found.Message)
			}
			assert.Equal(t, tc.want, got)
		})
	}
}
