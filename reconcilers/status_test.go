package reconcilers

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

var (
	then = metav1.NewTime(time.Unix(1, 0))
	now  = metav1.NewTime(time.Unix(2, 0))
)

// deployment has so many pods in all, with the latest template, and ready.
func deployment(all, updated, ready int32) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Generation: 1},
		Status: appsv1.DeploymentStatus{
			ObservedGeneration: 1, Replicas: all, UpdatedReplicas: updated, ReadyReplicas: ready, AvailableReplicas: ready,
			Conditions: []appsv1.DeploymentCondition{{
				Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, Reason: "MinimumReplicasAvailable", Message: "ok", LastTransitionTime: then,
			}},
		},
	}
}

func TestComputeStatus(t *testing.T) {
	t.Parallel()
	const ollama, tabby = v1alpha1.ComponentOllama, v1alpha1.ComponentTabby
	unseen := deployment(2, 2, 2)
	unseen.Generation = 2
	for name, tc := range map[string]struct {
		seen    observed
		problem error
		phase   v1alpha1.Phase
		ready   string
		status  metav1.ConditionStatus
		reason  string
		message string
	}{
		"nothing yet": {
			phase: "Pending", ready: "0/4", status: "False", reason: "ReplicasNotReady",
			message: "ollama has 0 of 2 pods ready and up to date; tabby has 0 of 2 pods ready and up to date",
		},
		"some": {
			seen:  observed{ollama: deployment(2, 2, 2), tabby: deployment(2, 2, 1)},
			phase: "Progressing", ready: "3/4", status: "False", reason: "ReplicasNotReady",
			message: "tabby has 1 of 2 pods ready and up to date",
		},
		"all": {
			seen:  observed{ollama: deployment(2, 2, 2), tabby: deployment(2, 2, 2)},
			phase: "Ready", ready: "4/4", status: "True", reason: "AllReplicasReady", message: "all pods are ready",
		},
		"all, of an older template": {
			seen:  observed{ollama: deployment(2, 0, 2), tabby: deployment(2, 2, 2)},
			phase: "Progressing", ready: "4/4", status: "False", reason: "ReplicasNotReady",
			message: "ollama has 0 of 2 pods ready and up to date",
		},
		"all, and an older pod on its way out": {
			seen:  observed{ollama: deployment(3, 2, 2), tabby: deployment(2, 2, 2)},
			phase: "Progressing", ready: "4/4", status: "False", reason: "ReplicasNotReady",
			message: "ollama has 2 of 2 pods ready and up to date",
		},
		"more than wanted while it rolls": {
			seen:  observed{ollama: deployment(3, 1, 3), tabby: deployment(2, 2, 2)},
			phase: "Progressing", ready: "4/4", status: "False", reason: "ReplicasNotReady",
			message: "ollama has 1 of 2 pods ready and up to date",
		},
		"a spec that its controller has not seen": {
			seen:  observed{ollama: unseen, tabby: deployment(2, 2, 2)},
			phase: "Progressing", ready: "4/4", status: "False", reason: "ReplicasNotReady",
			message: "ollama has 2 of 2 pods ready and up to date",
		},
		"a conflict": {
			seen:    observed{ollama: deployment(2, 2, 2), tabby: deployment(2, 2, 2)},
			problem: errors.Join(errors.New("other"), &conflictError{"Service", "stack-ollama"}),
			phase:   "Progressing", ready: "4/4", status: "False", reason: "NameConflict",
			message: "other\nService \"stack-ollama\" exists and does not belong to this OllamaDeployment; delete or rename it, or choose another name",
		},
		"not admitted": {
			problem: errNotAdmitted,
			phase:   "Pending", ready: "0/4", status: "False", reason: "NotAdmitted", message: errNotAdmitted.Error(),
		},
		"an error": {
			problem: errors.New("no"),
			phase:   "Pending", ready: "0/4", status: "False", reason: "ApplyFailed", message: "no",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, generation: 7}
spec:
  ollama: {models: ["llama2:7b"], replicas: 2}
  openwebui: {}
  tabby: {enabled: true, replicas: 2}
`))
			got := computeStatus(d, tc.seen, tc.problem, now)
			assert.Equal(t, tc.phase, got.Phase)
			assert.Equal(t, tc.ready, got.Ready)
			assert.Equal(t, int32(4), got.TotalReplicas)
			assert.Equal(t, int64(7), got.ObservedGeneration)
			assert.Nil(t, got.OpenWebUIStatus, "it is off")
			require.NotNil(t, got.TabbyStatus)
			assert.Equal(t, []metav1.Condition{{
				Type: "Ready", Status: tc.status, Reason: tc.reason, Message: tc.message, ObservedGeneration: 7, LastTransitionTime: now,
			}}, got.Conditions)
		})
	}
}

func TestComponentStatus(t *testing.T) {
	t.Parallel()
	assert.Equal(t, &v1alpha1.DeploymentComponentStatus{
		AvailableReplicas: 2, ReadyReplicas: 2, UpdatedReplicas: 1,
		Conditions: []metav1.Condition{{
			Type: "Available", Status: "True", Reason: "MinimumReplicasAvailable", Message: "ok", LastTransitionTime: then, ObservedGeneration: 1,
		}},
	}, componentStatus(deployment(3, 1, 2)))
}

// A condition's time is when it changed, not when it was last looked at.
func TestConditionTime(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	d.Status = computeStatus(d, observed{}, nil, then)
	same := computeStatus(d, observed{}, nil, now)
	assert.Equal(t, then, meta.FindStatusCondition(same.Conditions, "Ready").LastTransitionTime)
	changed := computeStatus(d, observed{v1alpha1.ComponentOllama: deployment(1, 1, 1)}, nil, now)
	assert.Equal(t, now, meta.FindStatusCondition(changed.Conditions, "Ready").LastTransitionTime)
}
