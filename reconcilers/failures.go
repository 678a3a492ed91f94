package reconcilers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A failure is why a pod will not become ready by waiting alone.
type failure struct {
	reason  string
	message string
}

// failureOf is the first failure that the pod's status tells of, nil if none.
func failureOf(pod *corev1.Pod) *failure {
	if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded {
		return nil // it has been replaced, or is about to be
	}
	for i := range pod.Status.Conditions {
		condition := &pod.Status.Conditions[i]
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse && condition.Reason == corev1.PodReasonUnschedulable {
			return &failure{v1alpha1.ReasonUnschedulable, condition.Message}
		}
	}
	for _, statuses := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range statuses {
			if f := containerFailure(&statuses[i]); f != nil {
				return f
			}
		}
	}
	return nil
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
		return &failure{v1alpha1.ReasonModelPullFailed, hookError(waiting.Message)}
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed":
		return &failure{v1alpha1.ReasonImagePullFailed, imageError(status.Image, waiting)}
	case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError":
		return &failure{v1alpha1.ReasonContainerNotCreated, fmt.Sprintf("container %s: %s", status.Name, or(waiting.Message, waiting.Reason))}
	}
	return crash(status)
}

// crash tells of a container that ended and is not well since. From the second
// restart on it holds while the container is tried again, so that the status does
// not go to and fro with it.
func crash(status *corev1.ContainerStatus) *failure {
	last := status.LastTerminationState.Terminated
	if status.State.Terminated != nil {
		last = status.State.Terminated
	}
	if status.Ready || last == nil {
		return nil
	}
	if pulls := pullErrors(last.Message); pulls != "" {
		return &failure{v1alpha1.ReasonModelPullFailed, pulls}
	}
	pausing := status.State.Waiting != nil && status.State.Waiting.Reason == "CrashLoopBackOff"
	if !pausing && (status.RestartCount < 2 || last.ExitCode == 0) {
		return nil
	}
	message := fmt.Sprintf("container %s keeps ending, the last time with exit code %d", status.Name, last.ExitCode)
	if last.Reason != "" && last.Reason != "Error" && last.Reason != "Completed" {
		message += " (" + last.Reason + ")"
	}
	if said := strings.TrimSpace(last.Message); said != "" {
		message += ": " + said
	}
	return &failure{v1alpha1.ReasonCrashLooping, message}
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
			return or(pullErrors(output), strings.TrimSpace(output), message)
		}
	}
	return or(pullErrors(message), message)
}

// pullError is a line of the pull script for a person.
var pullError = regexp.MustCompile(`(?m)^(model \S+: .*|the Ollama server does not answer.*)$`)

// pullErrors are the pull script's findings in a text, one after the other.
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
	return fmt.Sprintf("image %s: %s", image, or(message, waiting.Reason))
}

// or is the first text that says something.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
