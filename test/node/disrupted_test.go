// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/test/node"
)

// Tests in this file change the node, so they are not parallel to others.

// A kubelet that restarts leaves containers alone.
func TestKubeletRestarted(t *testing.T) {
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("kubelet:1b", 1_000_000))
	s.apply(t, object("kubelet", "kubelet:1b", ""))
	s.ready(t, "kubelet")
	before := s.pod(t, "ollama")

	restartKubelet(t)
	// A new pod becomes ready only after the kubelet has looked at those that it had.
	s.apply(t, object("after", "kubelet:1b", ""))
	s.ready(t, "after")
	s.ready(t, "kubelet")
	pods := s.pods(t, "ollama")
	at := slices.IndexFunc(pods, func(pod corev1.Pod) bool { return pod.UID == before.UID })
	require.GreaterOrEqual(t, at, 0, "the pod was replaced")
	assert.Zero(t, pods[at].Status.ContainerStatuses[0].RestartCount)
	assert.Equal(t, []string{"kubelet:1b"}, models(t, s.url(t, "kubelet-ollama", "11434", "/api/tags")))
}

// A kubelet that restarts does not end a pull.
func TestKubeletRestartedDuringPull(t *testing.T) {
	s := newSpace(t)
	s.startPull(t, "pull", "kubelet-pull:1b")
	restartKubelet(t)
	<-time.After(10 * time.Second) // the pull goes on meanwhile, or not
	shared.Models.SetRate("kubelet-pull:1b", 0)
	s.ready(t, "pull")
}

// A pod whose models are there is ready soon after it has started, on a new kubelet too, which waits for a
// random part of a probe's period before it probes.
func TestReadySoon(t *testing.T) {
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("soon:1b", 1_000_000))
	restartKubelet(t)
	for _, name := range []string{"one", "two", "three"} {
		s.apply(t, object(name, "soon:1b", ""))
		s.ready(t, name)
	}
	for _, pod := range s.pods(t, "ollama") {
		for _, condition := range pod.Status.Conditions {
			if condition.Type == corev1.PodReady {
				started := pod.Status.ContainerStatuses[0].State.Running.StartedAt
				assert.Less(t, condition.LastTransitionTime.Sub(started.Time), 8*time.Second, pod.Name)
			}
		}
	}
}

func restartKubelet(t *testing.T) {
	t.Helper()
	require.NoError(t, shared.StopProgram("kubelet"))
	require.NoError(t, shared.StartKubelet())
}

// A node that is drained gives its pods up, and they start again when it is back.
func TestNodeDrained(t *testing.T) {
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("drained:1b", 1_000_000))
	s.apply(t, object("drained", "drained:1b", ""))
	s.ready(t, "drained")
	before := s.pod(t, "ollama")
	t.Cleanup(func() { s.kubectl(t, "uncordon", node.Name) })

	s.kubectl(t, "drain", node.Name, "--pod-selector=ollama-deployment", "--delete-emptydir-data", "--ignore-daemonsets", "--timeout=60s")
	s.eventually(t, "drained", "Degraded", "True", "Unschedulable")
	s.kubectl(t, "uncordon", node.Name)
	s.ready(t, "drained")
	assert.NotEqual(t, before.UID, s.pod(t, "ollama").UID)
}
