// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	registry "github.com/geeper-io/llm-operator/test/node/models"
)

// A registry that is down delays the models, and nobody has to do anything when it is up again.
func TestRegistryDown(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("down:1b", 1_000_000))
	require.NoError(t, shared.Models.Add("up:1b", 1_000_000))
	shared.Models.SetMode("down:1b", registry.Broken)
	s.apply(t, object("down", `up:1b", "down:1b`, ""))
	s.waitsFor(t, "model down:1b: Error: pull model manifest: 500")
	pod := s.pod(t, "ollama")
	assert.False(t, podReady(&pod), "a registry that is down does not make a model superfluous")

	shared.Models.SetMode("down:1b", registry.Up)
	s.ready(t, "down")
	assert.Equal(t, pod.UID, s.pod(t, "ollama").UID)
}

// A model that does not exist is named, and the pod becomes ready without it.
func TestModelMissing(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("typo:7b", 1_000_000))
	s.apply(t, object("typo", "typo:7bb", ""))
	s.waitsFor(t, "model typo:7bb: Error: pull model manifest: file does not exist")
	pod := s.pod(t, "ollama")

	s.apply(t, object("typo", "typo:7b", ""))
	s.ready(t, "typo")
	assert.Equal(t, pod.UID, s.pod(t, "ollama").UID)
}

// The log shows the progress of a pull as it happens.
func TestLogsDuringPull(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.startPull(t, "logs", "logs:1b")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Regexp(c, `pull-models: logs:1b: pulling [0-9a-f]{12}: [1-9][0-9]?% `, s.logs(c))
	}, patience, tick)
	pod := s.pod(t, "ollama")
	assert.False(t, podReady(&pod))
	assert.NotEmpty(t, pod.Status.PodIP)
}

// A container that is killed during a pull goes on with it.
func TestContainerKilledDuringPull(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.startPull(t, "again", "again:1b")
	pod := s.pod(t, "ollama")
	killOllama(t, pod)
	s.restarted(t, pod)
	shared.Models.SetRate("again:1b", 0)
	s.ready(t, "again")
	assert.True(t, slices.Contains(models(t, s.url(t, "again-ollama", "11434", "/api/tags")), "again:1b"))
}

// waitsFor waits until the readiness probe of a pod of the namespace reports a text.
func (s *space) waitsFor(t *testing.T, text string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, s.kubectl(c, "get", "events", "--field-selector=reason=Unhealthy", "-o", "jsonpath={.items[*].message}"),
			"Readiness probe failed: "+text)
	}, patience, tick)
}

// logs returns the log of the Ollama pod.
func (s *space) logs(t require.TestingT) string {
	return s.kubectl(t, "logs", s.pod(t, "ollama").Name, "-c", "ollama")
}
