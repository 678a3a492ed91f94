// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A container that is killed starts again with the models that it has.
func TestContainerKilled(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("killed:1b", 1_000_000))
	s.apply(t, object("killed", "killed:1b", ""))
	s.ready(t, "killed")
	pod, requests := s.pod(t, "ollama"), shared.Models.Requests("killed:1b")

	killOllama(t, pod)
	s.restarted(t, pod)
	s.ready(t, "killed")
	assert.Equal(t, requests, shared.Models.Requests("killed:1b"), "requests to the registry")
	assert.Equal(t, []string{"killed:1b"}, models(t, s.url(t, "killed-ollama", "11434", "/api/tags")))
}

// An image that is on the node is enough to start again.
func TestContainerKilledWithoutImageRegistry(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	const image = "offline/ollama:latest"
	shared.Images.Copy("ollama/ollama:latest", image)
	require.NoError(t, shared.Models.Add("offline:1b", 1_000_000))
	s.apply(t, object("offline", "offline:1b", "    image: example.com/offline/ollama\n"))
	s.ready(t, "offline")
	pod := s.pod(t, "ollama")

	shared.Images.SetAway(image, true)
	killOllama(t, pod)
	s.restarted(t, pod)
	s.ready(t, "offline")
}

// A container that is killed for its memory is reported as that, once.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("tight:1b", 1_000_000))
	s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: tight}
spec:
  ollama:
    models: ["tight:1b"]
    resources: {requests: {cpu: 20m, memory: 8Mi}, limits: {memory: 12Mi}}
`)
	s.eventually(t, "tight", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonOOMKilled)
	assert.Contains(t, s.condition(t, "tight", v1alpha1.ConditionDegraded).Message, "container ollama was killed because it ran out of memory; its limit is 12Mi")
	<-time.After(15 * time.Second)
	events := s.kubectl(t, "get", "events", "--field-selector=reason="+v1alpha1.ReasonOOMKilled, "-o", "name")
	all := s.kubectl(t, "get", "events", "--field-selector=involvedObject.kind=OllamaDeployment,type=Warning", "-o", "name")
	assert.Len(t, strings.Fields(events), 1)
	assert.Len(t, strings.Fields(all), 1, all)
}

// restarted waits until the container of an Ollama pod has started again.
func (s *space) restarted(t *testing.T, before corev1.Pod) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		pod := s.pod(c, "ollama")
		assert.Equal(c, before.UID, pod.UID)
		assert.Greater(c, pod.Status.ContainerStatuses[0].RestartCount, before.Status.ContainerStatuses[0].RestartCount)
		assert.NotNil(c, pod.Status.ContainerStatuses[0].State.Running)
	}, patience, tick)
}

// killOllama kills the server of a pod.
func killOllama(t *testing.T, pod corev1.Pod) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range files {
		dir := filepath.Dir(file)
		command, _ := os.ReadFile(file) // the process may have ended
		groups, _ := os.ReadFile(filepath.Join(dir, "cgroup"))
		if bytes.Equal(command, []byte("/bin/ollama\x00serve\x00")) && strings.Contains(string(groups), string(pod.UID)) {
			pid, err := strconv.Atoi(filepath.Base(dir))
			require.NoError(t, err)
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
			return
		}
	}
	t.Fatalf("no server of pod %s is found", pod.Name)
}
