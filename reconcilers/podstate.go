// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/internal/render"
)

// A podState is what the status has to know of one pod. It is zero for a pod that is
// well or is starting as it should.
type podState struct {
	failure
	// hangsSince is since when the pod waits for its volumes and its network, in Unix
	// seconds, 0 if it does not. Why, the pod's events alone say.
	hangsSince int64
	// waitsSince is since when the pod waits for models of Ollama, 0 if it does not.
	waitsSince int64
}

// stateOf reads the pod's status.
func stateOf(pod *corev1.Pod) podState {
	if f := failureOf(pod); f != nil {
		return podState{failure: *f}
	}
	if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded {
		return podState{}
	}
	for i := range pod.Status.InitContainerStatuses {
		status := &pod.Status.InitContainerStatuses[i]
		if status.Name == render.WaitContainer && status.State.Running != nil {
			return podState{waitsSince: max(status.State.Running.StartedAt.Unix(), 1)}
		}
	}
	return podState{hangsSince: hangsSince(pod)}
}

// hangsSince returns since when the pod waits for its volumes and its network, 0 if it
// does not. A kubelet before 1.29 does not tell; its pod hangs while a container is
// said to be created.
func hangsSince(pod *corev1.Pod) int64 {
	if sandbox := podCondition(pod, corev1.PodReadyToStartContainers); sandbox != nil {
		if sandbox.Status == corev1.ConditionFalse {
			return max(sandbox.LastTransitionTime.Unix(), 1)
		}
		return 0
	}
	for i := range pod.Status.ContainerStatuses {
		if waiting := pod.Status.ContainerStatuses[i].State.Waiting; waiting != nil && waiting.Reason == "ContainerCreating" {
			return max(pod.CreationTimestamp.Unix(), 1)
		}
	}
	return 0
}

// hangsFor returns how long the pod has been hanging, 0 if it does not.
func (s podState) hangsFor(now time.Time) time.Duration {
	if s.hangsSince == 0 {
		return 0
	}
	return now.Sub(time.Unix(s.hangsSince, 0))
}

// How long a pod may hang or wait before that is looked into.
const (
	// hangPatience is longer than it takes to make a pod's network and mount what is at
	// hand, and leaves room to attach a disk.
	hangPatience = 15 * time.Second
	// waitPatience is for an Ollama that starts at the same time.
	waitPatience = 2 * time.Minute
	// lookAgain is the most time between two looks at a pod that hangs or waits, which
	// begin at its patience and become rarer with its age.
	lookAgain = 5 * time.Minute
)

// nextLook returns when the state has to be looked at again although nothing reports a
// change of it, 0 if it need not be.
func (s podState) nextLook(now time.Time) time.Duration {
	after := func(since int64, patience time.Duration) time.Duration {
		age := now.Sub(time.Unix(since, 0))
		if age < patience {
			return max(patience-age, time.Second)
		}
		return min(age, lookAgain)
	}
	switch {
	case s.hangsSince != 0:
		return after(s.hangsSince, hangPatience)
	case s.waitsSince != 0:
		return after(s.waitsSince, waitPatience)
	case s.until > now.Unix():
		return time.Unix(s.until, 0).Sub(now)
	default:
		return 0
	}
}
