// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A rollout of two replicas refuses nobody.
func TestRolloutUnderLoad(t *testing.T) {
	finding(t, "connections are refused at every switch-over, for want of preStop")
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("two:1b", 1_000_000))
	s.apply(t, object("two", "two:1b", "    replicas: 2\n"))
	s.ready(t, "two")
	before := s.pods(t, "ollama")
	load := startLoad(s.url(t, "two-ollama", "11434", "/api/tags"))

	s.kubectl(t, "patch", "ollamadeployment", "two", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"requests":{"cpu":"21m"}}}}}`)
	s.ready(t, "two")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		for _, pod := range before {
			assert.NotContains(c, s.kubectl(c, "get", "pods", "-o", "name"), pod.Name)
		}
	}, patience, tick)
	load.assertNoneRefused(t)
}

// A change of service.port restarts nothing and keeps the port that the stack uses.
func TestServicePortUnderLoad(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("port:1b", 1_000_000))
	s.apply(t, object("port", "port:1b", ""))
	s.ready(t, "port")
	before := s.pod(t, "ollama")
	load := startLoad(s.url(t, "port-ollama", "11434", "/api/tags"))

	s.kubectl(t, "patch", "ollamadeployment", "port", "--type=merge", "-p", `{"spec":{"ollama":{"service":{"port":8090}}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, []string{"port:1b"}, models(c, s.url(c, "port-ollama", "8090", "/api/tags")))
	}, patience, tick)
	s.ready(t, "port")
	load.assertNoneRefused(t)
	after := s.pod(t, "ollama")
	assert.Equal(t, before.UID, after.UID)
	assert.Zero(t, after.Status.ContainerStatuses[0].RestartCount)
}
