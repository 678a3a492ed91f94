// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func TestStateOf(t *testing.T) {
	t.Parallel()
	since := metav1.Unix(1000, 0)
	sandbox := func(status corev1.ConditionStatus) []corev1.PodCondition {
		return []corev1.PodCondition{{Type: corev1.PodReadyToStartContainers, Status: status, LastTransitionTime: since}}
	}
	waits := corev1.ContainerStatus{Name: "wait-for-models", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: since}}}
	creating := []corev1.ContainerStatus{{State: waitsBecause("ContainerCreating", "")}}
	for name, tc := range map[string]struct {
		status  corev1.PodStatus
		deleted bool
		want    PodState
	}{
		"not seen by a kubelet":          {status: corev1.PodStatus{Phase: "Pending"}},
		"no sandbox yet":                 {status: corev1.PodStatus{Phase: "Pending", Conditions: sandbox("False"), ContainerStatuses: creating}, want: PodState{hangsSince: 1000}},
		"a sandbox":                      {status: corev1.PodStatus{Phase: "Pending", Conditions: sandbox("True"), ContainerStatuses: creating}},
		"no sandbox any more":            {status: corev1.PodStatus{Phase: "Running", Conditions: sandbox("False")}, want: PodState{hangsSince: 1000}},
		"an older kubelet":               {status: corev1.PodStatus{Phase: "Pending", ContainerStatuses: creating}, want: PodState{hangsSince: 500}},
		"an older kubelet, initializing": {status: corev1.PodStatus{Phase: "Pending", ContainerStatuses: []corev1.ContainerStatus{{State: waitsBecause("PodInitializing", "")}}}},
		"goes":                           {status: corev1.PodStatus{Phase: "Pending", Conditions: sandbox("False")}, deleted: true},
		"waits for Ollama":               {status: corev1.PodStatus{Phase: "Pending", Conditions: sandbox("True"), InitContainerStatuses: []corev1.ContainerStatus{waits}}, want: PodState{waitsSince: 1000}},
		"another init container":         {status: corev1.PodStatus{Phase: "Pending", InitContainerStatuses: []corev1.ContainerStatus{{Name: "seed-data", State: waits.State}}}},
		"a failure counts first": {
			status: corev1.PodStatus{Phase: "Pending", Conditions: sandbox("False"), ContainerStatuses: []corev1.ContainerStatus{{Image: "a", State: waitsBecause("ErrImagePull", "no")}}},
			want:   PodState{Failure: Failure{reason: v1alpha1.ReasonImagePullFailed, message: "image a: no"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.Unix(500, 0)}, Status: tc.status}
			if tc.deleted {
				pod.DeletionTimestamp = &since
			}
			assert.Equal(t, tc.want, StateOf(&pod))
		})
	}
}

func TestNextLook(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		state PodState
		want  time.Duration
	}{
		"well":                        {PodState{}, 0},
		"a failure":                   {PodState{Failure: Failure{reason: "x"}}, 0},
		"a failure that will be over": {PodState{Failure: Failure{until: 1030}}, 30 * time.Second},
		"a failure that is over":      {PodState{Failure: Failure{until: 999}}, 0},
		"hangs since now":             {PodState{hangsSince: 1000}, hangPatience},
		"hangs":                       {PodState{hangsSince: 990}, hangPatience - 10*time.Second},
		"hangs for longer":            {PodState{hangsSince: 940}, time.Minute},
		"hangs for long":              {PodState{hangsSince: 1}, maxNextLook},
		"waits":                       {PodState{waitsSince: 990}, waitPatience - 10*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, tc.state.NextLook(time.Unix(1000, 0)))
		})
	}
	states := Observed{Pods: map[v1alpha1.ComponentName][]ObservedPod{
		ollama: {{State: PodState{}}, {State: PodState{hangsSince: 940}}}, tabby: {{State: PodState{hangsSince: 995}}},
	}}
	assert.Equal(t, 10*time.Second, states.NextLook(time.Unix(1000, 0)))
	assert.Zero(t, Observed{}.NextLook(time.Unix(1000, 0)))
}

func TestFailureInEvents(t *testing.T) {
	t.Parallel()
	now := time.Unix(100_000, 0)
	event := func(reason, message string, ago time.Duration) corev1.Event {
		return corev1.Event{Reason: reason, Message: message, LastTimestamp: metav1.NewTime(now.Add(-ago))}
	}
	missing := `MountVolume.SetUp failed for volume "repositories" : configmap "repositories" not found`
	summary := "Unable to attach or mount volumes: unmounted volumes=[repositories]: timed out waiting for the condition"
	series := corev1.Event{Reason: "FailedMount", Message: missing, EventTime: metav1.NewMicroTime(now.Add(-time.Hour)), Series: &corev1.EventSeries{LastObservedTime: metav1.NewMicroTime(now)}}
	for name, tc := range map[string]struct {
		events []corev1.Event
		want   Failure
	}{
		"none":                            {nil, Failure{}},
		"of other things":                 {[]corev1.Event{event("Scheduled", "x", time.Minute)}, Failure{}},
		"a source is missing":             {[]corev1.Event{event("Scheduled", "x", time.Minute), event("FailedMount", missing, time.Second)}, Failure{reason: "MountFailed", message: missing}},
		"a summary behind it":             {[]corev1.Event{event("FailedMount", summary, 0), event("FailedMount", missing, time.Second)}, Failure{reason: "MountFailed", message: missing}},
		"a summary alone":                 {[]corev1.Event{event("FailedMount", summary, 0)}, Failure{reason: "MountFailed", message: summary}},
		"a disk on another node":          {[]corev1.Event{event("FailedAttachVolume", "Multi-Attach error", 0)}, Failure{reason: "MountFailed", message: "Multi-Attach error"}},
		"no network":                      {[]corev1.Event{event("FailedCreatePodSandBox", "no addresses", 0)}, Failure{reason: "ContainerNotCreated", message: "no addresses"}},
		"the latest":                      {[]corev1.Event{event("FailedMount", "new", 0), event("FailedMount", "old", time.Minute)}, Failure{reason: "MountFailed", message: "new"}},
		"mounted since, and pulls models": {[]corev1.Event{event("FailedMount", missing, time.Minute), event("Created", "x", time.Second)}, Failure{}},
		"mounted since, long ago":         {[]corev1.Event{event("FailedMount", missing, time.Hour)}, Failure{}},
		"by the newer API":                {[]corev1.Event{series}, Failure{reason: "MountFailed", message: missing}},
		"hostile":                         {[]corev1.Event{event("FailedMount", "\x1b[2Ja\u202e\nb", 0)}, Failure{reason: "MountFailed", message: "[2Ja b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, FailureInEvents(tc.events, now))
		})
	}
}
