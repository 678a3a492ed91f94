// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/internal/render"
)

// A PodState is the part of a pod's state that the status of its owner depends on. It is comparable,
// and zero if the pod is ready or is starting normally.
type PodState struct {
	Failure
	// hangsSince is when the pod started waiting for its volumes and its network, in Unix
	// seconds; 0 if it is not waiting. Only the pod's events report why.
	hangsSince int64
	// waitsSince is when the pod started waiting for models, in Unix seconds; 0 if it is not
	// waiting.
	waitsSince int64
}

// StateOf returns the state of the pod.
func StateOf(pod *corev1.Pod) PodState {
	if f := failureOf(pod); f != nil {
		return PodState{Failure: *f}
	}
	if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded {
		return PodState{}
	}
	for i := range pod.Status.InitContainerStatuses {
		status := &pod.Status.InitContainerStatuses[i]
		if status.Name == render.WaitContainer && status.State.Running != nil {
			return PodState{waitsSince: max(status.State.Running.StartedAt.Unix(), 1)}
		}
	}
	return PodState{hangsSince: hangsSince(pod)}
}

// hangsSince returns when the pod started waiting for its volumes and its network, 0 if it is not
// waiting. Kubelets before 1.29 do not set the condition; their pods are waiting while a container
// is reported as being created.
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

// NeedsEvents reports whether the pod has been waiting for its volumes and its network for so long
// that its events have to be read; see FailureInEvents.
func (s PodState) NeedsEvents(now time.Time) bool {
	return s.hangsSince != 0 && now.Sub(time.Unix(s.hangsSince, 0)) >= hangPatience
}

// How long a pod may wait before it is considered failed.
const (
	// hangPatience is longer than it takes to set up a pod's network and to mount ConfigMaps and
	// Secrets, and leaves time to attach a disk.
	hangPatience = 15 * time.Second
	// waitPatience leaves time for an Ollama that starts at the same time.
	waitPatience = 2 * time.Minute
	// maxNextLook is the maximum interval between checks of a waiting pod. It increases with the
	// time that the pod has been waiting.
	maxNextLook = 5 * time.Minute
)

// NextLook returns the time after which the state has to be checked again even if no change is
// reported; 0 means never.
func (s PodState) NextLook(now time.Time) time.Duration {
	after := func(since int64, patience time.Duration) time.Duration {
		age := now.Sub(time.Unix(since, 0))
		if age < patience {
			return max(patience-age, time.Second)
		}
		return min(age, maxNextLook)
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
