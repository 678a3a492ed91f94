// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// steadyAfter is how long a container has to run to be done with what it failed of
// before. A kubelet forgets its pauses between two starts after that time too.
//
// Source: kubernetes, pkg/kubelet/kubelet.go (MaxContainerBackOff) and
// k8s.io/client-go/util/flowcontrol/backoff.go (hasExpired).
const steadyAfter = 10 * time.Minute

// rememberFor is how long a pod that its node gave up counts as a failure of the pods
// that took its place.
const rememberFor = time.Hour

// A failure is why a pod will not become ready by waiting alone.
type failure struct {
	reason  string
	message string
	// until is when the failure is over, in Unix seconds; 0 while it is not known.
	until int64
}

// isOver reports whether the failure is one of the past.
func (f failure) isOver(now time.Time) bool { return f.until != 0 && f.until <= now.Unix() }

// failureOf returns the first failure that the pod's status tells of, nil if none.
func failureOf(pod *corev1.Pod) *failure {
	switch {
	case pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded:
		return nil // it has been replaced, or is about to be
	case pod.Status.Phase == corev1.PodFailed:
		return givenUp(pod)
	}
	if scheduled := podCondition(pod, corev1.PodScheduled); scheduled != nil &&
		scheduled.Status == corev1.ConditionFalse && scheduled.Reason == corev1.PodReasonUnschedulable {
		return &failure{reason: v1alpha1.ReasonUnschedulable, message: clean(scheduled.Message, maxForeign)}
	}
	for _, statuses := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range statuses {
			if f := containerFailure(&statuses[i]); f != nil {
				f.message = clean(f.message, maxForeign)
				return f
			}
		}
	}
	return nil
}

// podCondition returns the pod's condition of the type, nil if it has none.
func podCondition(pod *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == kind {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}

// givenUp returns the failure of a pod that its node put out or did not take. Another
// pod has taken its place, and may fare likewise.
func givenUp(pod *corev1.Pod) *failure {
	at := pod.CreationTimestamp
	for _, statuses := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range statuses {
			if ended := statuses[i].State.Terminated; ended != nil && at.Before(&ended.FinishedAt) {
				at = ended.FinishedAt
			}
		}
	}
	if target := podCondition(pod, corev1.DisruptionTarget); target != nil && at.Before(&target.LastTransitionTime) {
		at = target.LastTransitionTime
	}
	f := &failure{reason: v1alpha1.ReasonPodFailed, until: at.Add(rememberFor).Unix()}
	if pod.Status.Reason == "Evicted" {
		f.reason = v1alpha1.ReasonEvicted
	}
	said := []string{pod.Status.Reason, pod.Status.Message}
	said = slices.DeleteFunc(said, func(text string) bool { return text == "" })
	f.message = cmp.Or(clean(strings.Join(said, ": "), maxForeign), "the pod has failed")
	return f
}

// containerFailure reads the reasons that a kubelet and a container runtime give.
//
// Source: kubernetes, pkg/kubelet/container/sync_result.go, pkg/kubelet/images/types.go
// and pkg/kubelet/kuberuntime/kuberuntime_container.go.
func containerFailure(status *corev1.ContainerStatus) *failure {
	waiting := status.State.Waiting
	if waiting == nil {
		waiting = &corev1.ContainerStateWaiting{}
	}
	switch waiting.Reason {
	case "PostStartHookError":
		return &failure{reason: v1alpha1.ReasonModelPullFailed, message: hookError(waiting.Message)}
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed":
		return &failure{reason: v1alpha1.ReasonImagePullFailed, message: imageError(status.Image, waiting)}
	case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError":
		return &failure{
			reason:  v1alpha1.ReasonContainerNotCreated,
			message: fmt.Sprintf("container %s: %s", status.Name, cmp.Or(waiting.Message, waiting.Reason)),
		}
	}
	return crash(status)
}

// crash returns the failure of a container that ended and is not well since. From the
// second restart on it holds while the container is tried again, so that the status
// does not go to and fro with it, but not once the container runs steadily, nor when
// it ended after it had run steadily.
func crash(status *corev1.ContainerStatus) *failure {
	last := status.LastTerminationState.Terminated
	if status.State.Terminated != nil {
		last = status.State.Terminated
	}
	if status.Ready || last == nil {
		return nil
	}
	f := &failure{}
	if running := status.State.Running; running != nil && !running.StartedAt.IsZero() {
		f.until = running.StartedAt.Add(steadyAfter).Unix()
	}
	if f.message = pullErrors(last.Message); f.message != "" {
		f.reason = v1alpha1.ReasonModelPullFailed
		return f
	}
	pausing := status.State.Waiting != nil && status.State.Waiting.Reason == "CrashLoopBackOff"
	if !pausing && (status.RestartCount < 2 || last.ExitCode == 0 || ranSteadily(last)) {
		return nil
	}
	f.reason = v1alpha1.ReasonCrashLooping
	f.message = fmt.Sprintf("container %s keeps ending, the last time with exit code %d", status.Name, last.ExitCode)
	if last.Reason != "" && last.Reason != "Error" && last.Reason != "Completed" {
		f.message += " (" + last.Reason + ")"
	}
	if said := lastWords(last.Message); said != "" {
		f.message += ": " + said
	}
	return f
}

// lastWords returns the end of what a container said, which may be its log: there
// stands what it died of.
func lastWords(text string) string {
	const most = 512
	text = clean(text, len(text))
	if len(text) <= most {
		return text
	}
	return "…" + clean(text[len(text)-most:], most)
}

// ranSteadily reports whether the container had run well before it ended.
func ranSteadily(ended *corev1.ContainerStateTerminated) bool {
	return !ended.StartedAt.IsZero() && ended.FinishedAt.Sub(ended.StartedAt.Time) >= steadyAfter
}

// outputOfHook is the end of a kubelet's message about a failed hook: what the hook
// has written, as a Go string.
//
// Source: kubernetes, pkg/kubelet/lifecycle/handlers.go.
var outputOfHook = regexp.MustCompile(`(?s), message: (".*")$`)

// hookError is what the pull script said, out of a kubelet's message.
func hookError(message string) string {
	if match := outputOfHook.FindStringSubmatch(message); match != nil {
		if output, err := strconv.Unquote(match[1]); err == nil {
			return cmp.Or(pullErrors(output), strings.TrimSpace(output), message)
		}
	}
	return cmp.Or(pullErrors(message), message)
}

// pullError is a line of the pull script for a person.
var pullError = regexp.MustCompile(`(?m)^(model \S+: .*|the Ollama server does not answer.*)$`)

// pullErrors returns the pull script's findings in a text, one after the other.
func pullErrors(text string) string {
	return strings.Join(pullError.FindAllString(text, -1), "; ")
}

// imageError is what a registry said. While a kubelet pauses between two attempts
// it says so first; that part is left out, or the message would change to and fro.
func imageError(image string, waiting *corev1.ContainerStateWaiting) string {
	message := waiting.Message
	if _, cause, found := strings.Cut(message, "ErrImagePull: "); found {
		message = cause
	}
	return fmt.Sprintf("image %s: %s", image, cmp.Or(message, waiting.Reason))
}
