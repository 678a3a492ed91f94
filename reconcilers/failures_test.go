package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What a kubelet and a scheduler report, and what a user is told.
func TestFailureOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status corev1.ContainerStatus
		want   *failure
	}{
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
			want: &failure{"ModelPullFailed", `model a:1: Error: "no"; model b:2: Error: gone`},
		},
		"hook, server silent": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError", `x, message: "the Ollama server does not answer after 120s\n"`)},
			want:   &failure{"ModelPullFailed", "the Ollama server does not answer after 120s"},
		},
		"hook, of words that are not the script's": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError", `x, message: "sh: not found\n"`)},
			want:   &failure{"ModelPullFailed", "sh: not found"},
		},
		"hook, in words that no kubelet is known to use": {
			status: corev1.ContainerStatus{State: waitsBecause("PostStartHookError", "failed")},
			want:   &failure{"ModelPullFailed", "failed"},
		},
		"hook, waiting for the next start": {
			status: corev1.ContainerStatus{
				State: waitsBecause("CrashLoopBackOff", "back-off 10s"), LastTerminationState: ended(0, "Completed", "model a:1: Error: no\n"),
			},
			want: &failure{"ModelPullFailed", "model a:1: Error: no"},
		},
		"image": {
			status: corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("ErrImagePull", "manifest unknown")},
			want:   &failure{"ImagePullFailed", "image a/b:c: manifest unknown"},
		},
		"image, between two attempts: the same words": {
			status: corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("ImagePullBackOff", `Back-off pulling image "a/b:c": ErrImagePull: manifest unknown`)},
			want:   &failure{"ImagePullFailed", "image a/b:c: manifest unknown"},
		},
		"image, without words": {
			status: corev1.ContainerStatus{Image: "a/b:c", State: waitsBecause("InvalidImageName", "")},
			want:   &failure{"ImagePullFailed", "image a/b:c: InvalidImageName"},
		},
		"missing Secret": {
			status: corev1.ContainerStatus{Name: "tabby", State: waitsBecause("CreateContainerConfigError", `secret "code" not found`)},
			want:   &failure{"ContainerNotCreated", `container tabby: secret "code" not found`},
		},
		"crash": {
			status: corev1.ContainerStatus{
				Name: "tabby", RestartCount: 1, State: waitsBecause("CrashLoopBackOff", "back-off 10s"), LastTerminationState: ended(137, "OOMKilled", ""),
			},
			want: &failure{"CrashLooping", "container tabby keeps ending, the last time with exit code 137 (OOMKilled)"},
		},
		"crash, while it is tried again: the same words": {
			status: corev1.ContainerStatus{
				Name: "tabby", RestartCount: 2, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: ended(137, "OOMKilled", ""),
			},
			want: &failure{"CrashLooping", "container tabby keeps ending, the last time with exit code 137 (OOMKilled)"},
		},
		"crash, just now, with last words": {
			status: corev1.ContainerStatus{Name: "tabby", RestartCount: 2, State: ended(1, "Error", "panic\n")},
			want:   &failure{"CrashLooping", "container tabby keeps ending, the last time with exit code 1: panic"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := podWith("p", tc.status)
			assert.Equal(t, tc.want, failureOf(&pod))
			pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses = pod.Status.ContainerStatuses, nil
			assert.Equal(t, tc.want, failureOf(&pod), "of an init container")
			for change, apply := range map[string]func(){
				"deleted": func() { pod.DeletionTimestamp = &metav1.Time{} },
				"evicted": func() { pod.DeletionTimestamp, pod.Status.Phase = nil, corev1.PodFailed },
			} {
				apply()
				assert.Nil(t, failureOf(&pod), change)
			}
		})
	}
}

// The status is computed from a trimmed pod, which fails as the whole one does.
func TestTrimPod(t *testing.T) {
	t.Parallel()
	pod := podWith("p", corev1.ContainerStatus{Image: "a", State: waitsBecause("ErrImagePull", "no")})
	pod.Spec.NodeName = "node"
	pod.Labels = map[string]string{"ollama-deployment": "stack", "app.kubernetes.io/component": "ollama", "else": "gone"}
	small, err := trimPod(&pod)
	require.NoError(t, err)
	trimmed, ok := small.(*corev1.Pod)
	assert.True(t, ok)
	assert.Equal(t, failureOf(&pod), failureOf(trimmed))
	assert.Empty(t, trimmed.Spec)
	assert.Equal(t, map[string]string{"ollama-deployment": "stack", "app.kubernetes.io/component": "ollama"}, trimmed.Labels)

	healthy := podWith("p", corev1.ContainerStatus{Ready: true})
	small, err = trimPod(&healthy)
	require.NoError(t, err)
	assert.Equal(t, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Labels: map[string]string{}}}, small)
}

func FuzzFailureOf(f *testing.F) {
	f.Add("PostStartHookError", `x, message: "model a:1: no\n"`, "", int32(1))
	f.Add("CrashLoopBackOff", "", "model a:1: no", int32(3))
	f.Add("PostStartHookError", `, message: "\xzz"`, "\xff", int32(0))
	f.Fuzz(func(t *testing.T, reason, message, last string, restarts int32) {
		pod := podWith("p", corev1.ContainerStatus{State: waitsBecause(reason, message), LastTerminationState: ended(1, "", last), RestartCount: restarts})
		if found := failureOf(&pod); found != nil {
			assert.NotEmpty(t, found.reason)
			assert.NotEmpty(t, found.message)
		}
	})
}
