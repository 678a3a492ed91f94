// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A failureCase is a row of the tests of failures: the status of a container and its failure.
type failureCase struct {
	status corev1.ContainerStatus
	want   *Failure
}

// testFailures asserts the failures of containers and init containers, and that a pod which is being
// deleted has none.
func testFailures(t *testing.T, cases map[string]failureCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := podWith("p", tc.status)
			assert.Equal(t, tc.want, failureOf(&pod))
			pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses = pod.Status.ContainerStatuses, nil
			assert.Equal(t, tc.want, failureOf(&pod), "of an init container")
			pod.DeletionTimestamp = &metav1.Time{}
			assert.Nil(t, failureOf(&pod), "it goes already")
		})
	}
}

func TestFailureOfWaitingContainers(t *testing.T) {
	t.Parallel()
	testFailures(t, map[string]failureCase{
		"creating":               {status: corev1.ContainerStatus{State: waitsBecause("ContainerCreating", "")}},
		"nothing known":          {},
		"running, not ready yet": {status: corev1.ContainerStatus{State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}},
		"the node was restarted": {status: corev1.ContainerStatus{
			RestartCount: 1, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: ended(255, "Unknown", ""),
		}},
		"ended often, and well now": {status: corev1.ContainerStatus{
			RestartCount: 9, Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: ended(1, "Error", ""),
		}},
		"hook, with the kubelet's quoting": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError",
				`Exec lifecycle hook ([/bin/sh x]) for Container "ollama" in Pod "p" failed - error: command '/bin/sh x' exited with 1: , message: "model a:1: Error: \"no\"\nmodel b:2: Error: gone\n"`)},
			want: &Failure{reason: "ModelPullFailed", message: `model a:1: Error: "no"; model b:2: Error: gone`},
		},
		"hook, server silent": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError", `x, message: "the Ollama server does not respond after 120s\n"`)},
			want:   &Failure{reason: "ModelPullFailed", message: "the Ollama server does not respond after 120s"},
		},
		"hook, of words that are not the script's": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError", `x, message: "sh: not found\n"`)},
			want:   &Failure{reason: "ModelPullFailed", message: "sh: not found"},
		},
		"hook, in words that no kubelet is known to use": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError", "failed")},
			want:   &Failure{reason: "ModelPullFailed", message: "failed"},
		},
		"hook, waiting for the next start": {
			status: corev1.ContainerStatus{
				State: waitsBecause("CrashLoopBackOff", "back-off 10s"), LastTerminationState: ended(0, "Completed", "model a:1: Error: no\n"),
			},
			want: &Failure{reason: "ModelPullFailed", message: "model a:1: Error: no"},
		},
		"image": {
			status: corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("ErrImagePull", "manifest unknown")},
			want:   &Failure{reason: "ImagePullFailed", message: "image a/b:c: manifest unknown"},
		},
		"image, between two attempts: the same words": {
			status: corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("ImagePullBackOff", `Back-off pulling image "a/b:c": ErrImagePull: manifest unknown`)},
			want:   &Failure{reason: "ImagePullFailed", message: "image a/b:c: manifest unknown"},
		},
		"image, without words": {
			status: corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("InvalidImageName", "")},
			want:   &Failure{reason: "ImagePullFailed", message: "image a/b:c: InvalidImageName"},
		},
		"missing Secret": {
			status: corev1.ContainerStatus{Name: "tabby", State: waitsBecause("CreateContainerConfigError", `secret "code" not found`)},
			want:   &Failure{reason: "ContainerNotCreated", message: `container tabby: secret "code" not found`},
		},
	})
}

func TestFailureOfTerminatedContainers(t *testing.T) {
	t.Parallel()
	testFailures(t, map[string]failureCase{
		"crash": {
			status: corev1.ContainerStatus{
				Name: "tabby", RestartCount: 1, State: waitsBecause("CrashLoopBackOff", "back-off 10s"), LastTerminationState: ended(128, "StartError", ""),
			},
			want: &Failure{reason: "CrashLooping", message: "container tabby exits repeatedly, most recently with exit code 128 (StartError)"},
		},
		"crash, while it is tried again: the same words": {
			status: corev1.ContainerStatus{
				Name: "tabby", RestartCount: 2, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: ended(128, "StartError", ""),
			},
			want: &Failure{reason: "CrashLooping", message: "container tabby exits repeatedly, most recently with exit code 128 (StartError)"},
		},
		"killed for memory once": {
			status: corev1.ContainerStatus{Name: "ollama", RestartCount: 0, State: ended(137, "OOMKilled", "")},
			want:   &Failure{reason: "OOMKilled", message: "container ollama was killed because it ran out of memory"},
		},
		"killed for memory with a limit, while it is tried again": {
			status: corev1.ContainerStatus{
				Name: "ollama", RestartCount: 1, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: ended(137, "OOMKilled", ""),
				Resources: &corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("10Mi")}},
			},
			want: &Failure{reason: "OOMKilled", message: "container ollama was killed because it ran out of memory; its limit is 10Mi"},
		},
		"killed for memory, and its image is missing now": {
			status: corev1.ContainerStatus{
				Name: "ollama", Image: "a/b:c", State: waitsBecause("ErrImagePull", "no such tag"), LastTerminationState: ended(137, "OOMKilled", ""),
			},
			want: &Failure{reason: "ImagePullFailed", message: "image a/b:c: no such tag"},
		},
		"failed pull, reported by an earlier version of the script": {
			status: corev1.ContainerStatus{Name: "ollama", State: ended(1, "Error", "the Ollama server does not answer after 120s\n")},
			want:   &Failure{reason: "ModelPullFailed", message: "the Ollama server does not answer after 120s"},
		},
		"killed for memory while its hook ran": {
			status: corev1.ContainerStatus{
				Name: "ollama", RestartCount: 1, State: waitsBecause("PostStartHookError", `failed, message: "model llama2:7b: Error: unexpected EOF"`),
				LastTerminationState: ended(137, "OOMKilled", "model llama2:7b: Error: unexpected EOF\n"),
			},
			want: &Failure{reason: "OOMKilled", message: "container ollama was killed because it ran out of memory"},
		},
		"crash, just now, with last words": {
			status: corev1.ContainerStatus{Name: "tabby", RestartCount: 2, State: ended(1, "Error", "panic\n")},
			want:   &Failure{reason: "CrashLooping", message: "container tabby exits repeatedly, most recently with exit code 1: panic"},
		},
	})
}

// A Failure is over when the container runs steadily, and is none when it had.
func TestFailureOfThePast(t *testing.T) {
	t.Parallel()
	at := func(ago time.Duration) metav1.Time { return metav1.NewTime(time.Unix(1_000_000, 0).Add(-ago)) }
	const weeks = 21 * 24 * time.Hour
	running := func(ago time.Duration) corev1.ContainerState {
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(ago)}}
	}
	endedAt := func(message string, started, finished time.Duration) corev1.ContainerState {
		state := ended(1, "Error", message)
		state.Terminated.StartedAt, state.Terminated.FinishedAt = at(started), at(finished)
		return state
	}
	for name, tc := range map[string]struct {
		state, last corev1.ContainerState
		want        string
	}{
		"crashes, tried again just now":             {running(time.Second), endedAt("", time.Minute, 30*time.Second), "CrashLooping"},
		"killed for memory, tried again just now":   {running(time.Second), ended(137, "OOMKilled", ""), "OOMKilled"},
		"killed for memory weeks ago, unready now":  {running(weeks), ended(137, "OOMKilled", ""), ""},
		"crashed weeks ago, unready now":            {running(weeks), endedAt("", weeks, weeks), ""},
		"crashed weeks ago, ended now":              {endedAt("", weeks, 0), endedAt("", weeks, weeks), ""},
		"crashed weeks ago, restarted now":          {running(time.Second), endedAt("", weeks, 2*time.Second), ""},
		"crashed weeks ago, created now":            {waitsBecause("ContainerCreating", ""), endedAt("", weeks, 2*time.Second), ""},
		"crashes again and again, pausing":          {waitsBecause("CrashLoopBackOff", "back-off 5m0s"), endedAt("", time.Minute, 30*time.Second), "CrashLooping"},
		"a model was missing weeks ago":             {running(weeks), endedAt("model a:1: Error: no", weeks, weeks), ""},
		"a model was missing, tried again":          {running(time.Second), endedAt("model a:1: Error: no", time.Minute, 30*time.Second), "ModelPullFailed"},
		"a model was missing, pulled since":         {running(steadyAfter), endedAt("model a:1: Error: no", weeks, weeks), ""},
		"crashed, and has run nearly long enough":   {running(steadyAfter - time.Second), endedAt("", weeks, weeks), "CrashLooping"},
		"crashed, and has run for just long enough": {running(steadyAfter), endedAt("", weeks, weeks), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := podWith("p", corev1.ContainerStatus{Name: "ollama", RestartCount: 6, State: tc.state, LastTerminationState: tc.last})
			got := ""
			if f := failureOf(&pod); f != nil && !f.isOver(at(0).Time) {
				got = f.reason
			}
			assert.Equal(t, tc.want, got)
		})
	}
}

// A pod that was evicted or rejected counts as a failure for an hour.
func TestRejection(t *testing.T) {
	t.Parallel()
	created, later := metav1.Unix(1000, 0), metav1.Unix(5000, 0)
	hour := int64(time.Hour.Seconds())
	for name, tc := range map[string]struct {
		status corev1.PodStatus
		want   Failure
	}{
		"evicted": {
			corev1.PodStatus{
				Reason: "Evicted", Message: "The node was low on resource: ephemeral-storage. ",
				Conditions: []corev1.PodCondition{{Type: corev1.DisruptionTarget, Status: "True", LastTransitionTime: later}},
			},
			Failure{"Evicted", "Evicted: The node was low on resource: ephemeral-storage.", 5000 + hour},
		},
		"evicted, by an older kubelet": {
			corev1.PodStatus{Reason: "Evicted", Message: "no disk", ContainerStatuses: []corev1.ContainerStatus{
				{State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{FinishedAt: later}}},
			}},
			Failure{"Evicted", "Evicted: no disk", 5000 + hour},
		},
		"not taken":     {corev1.PodStatus{Reason: "UnexpectedAdmissionError", Message: "no devices"}, Failure{"PodFailed", "UnexpectedAdmissionError: no devices", 1000 + hour}},
		"without words": {corev1.PodStatus{}, Failure{"PodFailed", "the pod has failed", 1000 + hour}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.status.Phase = corev1.PodFailed
			pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", CreationTimestamp: created}, Status: tc.status}
			assert.Equal(t, &tc.want, failureOf(&pod))
		})
	}
}

// A container that waits for the image of a volume is not said to wait for its own.
func TestFailureOfImageVolume(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		`failed to pull "registry.example.com/models:1": not found`:                       `image registry.example.com/models:1: failed to pull "registry.example.com/models:1": not found`,
		`Back-off pulling image "registry.example.com/models:1": ErrImagePull: not found`: "image registry.example.com/models:1: not found",
		"no such tag": "image a/b:c: no such tag",
	} {
		pod := podWith("p", corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("ErrImagePull", message)})
		pod.Spec.Volumes = []corev1.Volume{
			{Name: "data"},
			{Name: "models", VolumeSource: corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "registry.example.com/models:1"}}},
		}
		assert.Equal(t, &Failure{reason: "ImagePullFailed", message: want}, failureOf(&pod))
	}
}

// What a pod says cannot paint on the screen of whoever reads the status, nor fill it.
func TestFailureOfIsClean(t *testing.T) {
	t.Parallel()
	hostile := "\x1b[2J\u202eevil\n" + strings.Repeat("x", 5000)
	for name, status := range map[string]corev1.ContainerStatus{
		"hook":      {State: waitsBecause("PostStartHookError", hostile)},
		"image":     {Image: hostile, State: waitsBecause("ErrImagePull", hostile)},
		"container": {Name: "c", State: waitsBecause("CreateContainerError", hostile)},
		"crash":     {State: waitsBecause("CrashLoopBackOff", ""), LastTerminationState: ended(1, hostile, hostile)},
		"pull":      {State: waitsBecause("CrashLoopBackOff", ""), LastTerminationState: ended(1, "", "model a:1: "+hostile)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := podWith("p", status)
			f := failureOf(&pod)
			require.NotNil(t, f)
			assert.Equal(t, Clean(f.message, maxForeign), f.message)
		})
	}
	pod := corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed, Reason: hostile, Message: hostile}}
	assert.Equal(t, Clean(failureOf(&pod).message, maxForeign), failureOf(&pod).message)
	pod = corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: "PodScheduled", Status: "False", Reason: "Unschedulable", Message: hostile}}}}
	assert.Equal(t, Clean(failureOf(&pod).message, maxForeign), failureOf(&pod).message)
}

// The end of a log is what a container died of.
func TestLastWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a b", lastOutput("a\nb\n"))
	assert.Equal(t, "cannot parse 'postgresql://*@db/chats' or redis://*@r:6379/0, see http://a:80/b@c",
		lastOutput("cannot parse 'postgresql://u:hunter2@db/chats' or redis://:hunter2@r:6379/0, see http://a:80/b@c"))
	assert.Equal(t, "redis://*@r or postgresql+asyncpg://*@db, https://*@h and postgresql://db/a?x=y&password=*", lastOutput(
		"redis://:hun/ter@2@r or postgresql+asyncpg://u:12/hunter2@db, https://token@h and postgresql://db/a?x=y&password=hunter2"))
	long := lastOutput(strings.Repeat("é\n", 1000) + "RuntimeError: no such table")
	assert.True(t, strings.HasPrefix(long, "…") && strings.HasSuffix(long, "é RuntimeError: no such table"), long)
	assert.LessOrEqual(t, len(long), 520)
}

// Whatever kubelets and containers say, a failure has a reason and one short line of it.
func FuzzFailureOf(f *testing.F) {
	f.Add("PostStartHookError", `x, message: "model a:1: no\n"`, "", int32(1))
	f.Add("CrashLoopBackOff", "", "model a:1: no", int32(3))
	f.Add("PostStartHookError", `, message: "\xzz"`, "\xff", int32(0))
	f.Add("PostStartHookError", "x, message: \"\xff\x7f\xff\x7f \xe0\x00\"", "", int32(0))
	f.Fuzz(func(t *testing.T, reason, message, last string, restarts int32) {
		pod := podWith("p", corev1.ContainerStatus{State: waitsBecause(reason, message), LastTerminationState: ended(1, "", last), RestartCount: restarts})
		if found := failureOf(&pod); found != nil {
			assert.NotEmpty(t, found.reason)
			assert.NotEmpty(t, found.message)
			assert.Equal(t, Clean(found.message, maxForeign), found.message)
		}
	})
}

var urlScheme = regexp.MustCompile(`\A[a-z][a-z+]*\z`)

// Whatever is around the URL of a server in a container's log, the status does not have its password.
func FuzzLastOutput(f *testing.F) {
	for _, seed := range [][3]string{
		{"cannot connect to ", "postgresql", "/chats: timeout"}, {"'", "redis", "'"}, {"x", "https", "\n"}, {"://", "postgres+asyncpg", "@@"}, {"é\x1b[2J", "rediss", "?password=a"}, {strings.Repeat("a ", 300), "http", strings.Repeat(" b", 300)},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, before, scheme, after string) {
		if !urlScheme.MatchString(scheme) || strings.Contains(before+after, "Hunter2") {
			t.Skip("not a URL")
		}
		got := lastOutput(before + scheme + "://user:Hunter2@db:5432" + after)
		assert.NotContains(t, got, "Hunter2")
		assert.LessOrEqual(t, len(got), 512+len("…"))
		assert.Equal(t, got, Clean(got, len(got)+1))
	})
}

// Whatever the events of a pod say, the latest failure has a reason and one short line of it.
func FuzzFailureInEvents(f *testing.F) {
	for _, reason := range []string{"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Started", "Other"} {
		f.Add(reason, "Unable to attach or mount volumes: \x1b[2J", "FailedMount", "no\n\u202e", int64(10))
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, reason, message, laterReason, laterMessage string, seconds int64) {
		event := func(reason, message string, ago time.Duration) corev1.Event {
			return corev1.Event{Reason: reason, Message: message, LastTimestamp: metav1.NewTime(now.Add(-ago))}
		}
		ago := time.Duration(seconds%1000) * time.Second
		found := FailureInEvents([]corev1.Event{event(laterReason, laterMessage, ago), event(reason, message, ago+time.Minute)}, now)
		assert.Equal(t, Clean(found.message, maxForeign), found.message)
		assert.True(t, found.reason != "" || found.message == "")
	})
}
