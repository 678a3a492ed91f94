// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

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

// steadyAfter is how long a container has to run until its previous failure is over. A kubelet
// resets its backoff after the same time.
//
// Source: kubernetes, pkg/kubelet/kubelet.go (MaxContainerBackOff) and
// k8s.io/client-go/util/flowcontrol/backoff.go (hasExpired).
const steadyAfter = 10 * time.Minute

// rememberFor is how long a pod that was evicted or rejected by its node counts as a failure.
const rememberFor = time.Hour

// A Failure describes why a pod is not expected to become ready. The zero value means no failure.
type Failure struct {
	reason  string
	message string
	// until limits the duration of the failure, in Unix seconds; 0 means no limit.
	until int64
}

// isOver reports whether the failure is over.
func (f Failure) isOver(now time.Time) bool { return f.until != 0 && f.until <= now.Unix() }

// failureOf returns the first failure in the pod's status, nil if there is none.
func failureOf(pod *corev1.Pod) *Failure {
	switch {
	case pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded:
		return nil // it has been or will be replaced
	case pod.Status.Phase == corev1.PodFailed:
		return rejection(pod)
	}
	if scheduled := podCondition(pod, corev1.PodScheduled); scheduled != nil &&
		scheduled.Status == corev1.ConditionFalse && scheduled.Reason == corev1.PodReasonUnschedulable {
		return &Failure{reason: v1alpha1.ReasonUnschedulable, message: cmp.Or(Clean(scheduled.Message, maxForeign), "the pod cannot be scheduled")}
	}
	for _, statuses := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for i := range statuses {
			if f := containerFailure(pod, &statuses[i]); f != nil {
				f.message = cmp.Or(Clean(f.message, maxForeign), Clean(fmt.Sprintf("container %s has failed", statuses[i].Name), maxForeign))
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

// rejection returns the failure of a pod that was evicted or rejected by its node. Its replacement
// may fail, too.
func rejection(pod *corev1.Pod) *Failure {
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
	f := &Failure{reason: v1alpha1.ReasonPodFailed, until: at.Add(rememberFor).Unix()}
	if pod.Status.Reason == "Evicted" {
		f.reason = v1alpha1.ReasonEvicted
	}
	texts := []string{pod.Status.Reason, pod.Status.Message}
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	f.message = cmp.Or(Clean(strings.Join(texts, ": "), maxForeign), "the pod has failed")
	return f
}

// containerFailure returns the failure in a container's status, nil if there is none. The reasons
// are those that kubelets and container runtimes set.
//
// Source: kubernetes, pkg/kubelet/container/sync_result.go, pkg/kubelet/images/types.go
// and pkg/kubelet/kuberuntime/kuberuntime_container.go.
func containerFailure(pod *corev1.Pod, status *corev1.ContainerStatus) *Failure {
	waiting := status.State.Waiting
	if waiting == nil {
		waiting = &corev1.ContainerStateWaiting{}
	}
	switch waiting.Reason {
	case "", "CrashLoopBackOff", "PostStartHookError":
		if f := outOfMemory(status); f != nil {
			return f
		}
	}
	switch waiting.Reason {
	case "PostStartHookError":
		return &Failure{reason: v1alpha1.ReasonModelPullFailed, message: hookError(waiting.Message)}
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed":
		return &Failure{reason: v1alpha1.ReasonImagePullFailed, message: imageError(pulledImage(pod, status), waiting)}
	case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PreStartHookError":
		return &Failure{
			reason:  v1alpha1.ReasonContainerNotCreated,
			message: fmt.Sprintf("container %s: %s", status.Name, cmp.Or(waiting.Message, waiting.Reason)),
		}
	}
	return crash(status)
}

// outOfMemory returns the failure of a container that was killed because it ran out of memory
// and is not well since, whatever a kubelet reports of the hooks that ended with it.
func outOfMemory(status *corev1.ContainerStatus) *Failure {
	last := lastTermination(status)
	if status.Ready || last == nil || last.Reason != "OOMKilled" {
		return nil
	}
	f := &Failure{reason: v1alpha1.ReasonOOMKilled, until: steadyFrom(status)}
	f.message = fmt.Sprintf("container %s was killed because it ran out of memory", status.Name)
	if status.Resources != nil {
		if limit, limited := status.Resources.Limits[corev1.ResourceMemory]; limited {
			f.message += "; its limit is " + limit.String()
		}
	}
	return f
}

// lastTermination returns how the container ended the last time, nil if it never did.
func lastTermination(status *corev1.ContainerStatus) *corev1.ContainerStateTerminated {
	return cmp.Or(status.State.Terminated, status.LastTerminationState.Terminated)
}

// steadyFrom returns when a running container has run for steadyAfter, in Unix seconds, 0 if it
// does not run.
func steadyFrom(status *corev1.ContainerStatus) int64 {
	if running := status.State.Running; running != nil && !running.StartedAt.IsZero() {
		return running.StartedAt.Add(steadyAfter).Unix()
	}
	return 0
}

// crash returns the failure of a container that exited and has not become ready since. From the
// second restart on, the failure persists while the container is restarted, so that the status does
// not flap. It is over when the container has run for steadyAfter, and does not occur if the
// container had run for that long before it exited.
func crash(status *corev1.ContainerStatus) *Failure {
	last := lastTermination(status)
	if status.Ready || last == nil {
		return nil
	}
	f := &Failure{until: steadyFrom(status)}
	if f.message = pullErrors(last.Message); f.message != "" {
		f.reason = v1alpha1.ReasonModelPullFailed
		return f
	}
	pausing := status.State.Waiting != nil && status.State.Waiting.Reason == "CrashLoopBackOff"
	if !pausing && (status.RestartCount < 2 || last.ExitCode == 0 || ranSteadily(last)) {
		return nil
	}
	f.reason = v1alpha1.ReasonCrashLooping
	f.message = fmt.Sprintf("container %s exits repeatedly, most recently with exit code %d", status.Name, last.ExitCode)
	if last.Reason != "" && last.Reason != "Error" && last.Reason != "Completed" {
		f.message += " (" + last.Reason + ")"
	}
	if output := lastOutput(last.Message); output != "" {
		f.message += ": " + output
	}
	return f
}

// Credentials in URLs: those before the host, those of databases, which passwords that are not escaped may divide
// in any way, and those in parameters.
var (
	credentials = regexp.MustCompile(`://[^\s/@]*@`)
	ofDatabases = regexp.MustCompile(`\b((?:postgres|postgresql|redis|rediss)(?:\+\w+)?)://\S*@`)
	passwords   = regexp.MustCompile(`([?&]password=)[^&\s]*`)
)

// lastOutput returns the end of a termination message, which may be the container's log and then
// ends with the cause of the failure. Programs may log the URL of a server that they cannot reach.
func lastOutput(text string) string {
	const most = 512
	text = ofDatabases.ReplaceAllString(text, "${1}://*@")
	text = credentials.ReplaceAllString(text, "://*@")
	text = passwords.ReplaceAllString(text, "${1}*")
	text = Clean(text, len(text))
	if len(text) <= most {
		return text
	}
	return "…" + Clean(text[len(text)-most:], most)
}

// ranSteadily reports whether the container had run for steadyAfter before it ended.
func ranSteadily(ended *corev1.ContainerStateTerminated) bool {
	return !ended.StartedAt.IsZero() && ended.FinishedAt.Sub(ended.StartedAt.Time) >= steadyAfter
}

// outputOfHook matches the end of a kubelet's message about a failed hook: the hook's output,
// as a quoted Go string.
//
// Source: kubernetes, pkg/kubelet/lifecycle/handlers.go.
var outputOfHook = regexp.MustCompile(`(?s), message: (".*")$`)

// hookError returns the pull script's errors in a kubelet's message. The hook of pods of earlier versions
// pulled the models itself: what it has printed remains in their status until the rollout replaces them, and
// a hook that runs during the upgrade still prints it.
func hookError(message string) string {
	if match := outputOfHook.FindStringSubmatch(message); match != nil {
		if output, err := strconv.Unquote(match[1]); err == nil {
			return cmp.Or(pullErrors(output), strings.TrimSpace(output), message)
		}
	}
	return cmp.Or(pullErrors(message), message)
}

// pullError matches an error line of that script.
var pullError = regexp.MustCompile(`(?m)^(model \S+: .*|the Ollama server does not (?:answer|respond).*)$`)

// pullErrors returns the pull script's errors in a text, joined, "" if there are none.
func pullErrors(text string) string {
	return strings.Join(pullError.FindAllString(text, -1), "; ")
}

// pulledImage returns the image that a container waits for: that of an image volume if the kubelet names it, else its
// own.
//
// Source: kubernetes, pkg/kubelet/kuberuntime/kuberuntime_manager.go (getImageVolumes).
func pulledImage(pod *corev1.Pod, status *corev1.ContainerStatus) string {
	for _, volume := range pod.Spec.Volumes {
		if volume.Image != nil && strings.Contains(status.State.Waiting.Message, volume.Image.Reference) {
			return volume.Image.Reference
		}
	}
	return status.Image
}

// imageError returns the response of the registry. During a backoff, the kubelet's message has a
// prefix, which is removed so that the message does not alternate.
func imageError(image string, waiting *corev1.ContainerStateWaiting) string {
	message := waiting.Message
	if _, cause, found := strings.Cut(message, "ErrImagePull: "); found {
		message = cause
	}
	return fmt.Sprintf("image %s: %s", image, cmp.Or(message, waiting.Reason))
}
