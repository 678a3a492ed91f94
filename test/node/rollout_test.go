// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A rollout of two replicas refuses nobody.
func TestRolloutUnderLoad(t *testing.T) {
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

// As long as a rollout is on its way, the status does not say that all is ready.
func TestRolloutStatus(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("status:1b", 1_000_000))
	s.apply(t, object("status", "status:1b", ""))
	s.ready(t, "status")

	s.kubectl(t, "patch", "ollamadeployment", "status", "--type=merge", "-p", `{"spec":{"ollama":{"resources":{"requests":{"cpu":"21m"}}}}}`)
	contradiction := regexp.MustCompile(`\b(\d+) of (\d+) pods ready and up to date(?:;| and waits|$)`)
	require.Eventually(t, func() bool {
		ready := meta.FindStatusCondition(s.get(t, "status").Status.Conditions, v1alpha1.ConditionReady)
		counts := contradiction.FindStringSubmatch(ready.Message)
		if ready.Status == metav1.ConditionFalse && counts != nil {
			assert.NotEqual(t, counts[1], counts[2], ready.Message)
		}
		return ready.Status == metav1.ConditionTrue && ready.ObservedGeneration > 1
	}, patience, 10*time.Millisecond)
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
	assert.Equal(t, []string{"port:1b"}, models(t, s.url(t, "port-ollama", "8090", "/api/tags")))
	s.ready(t, "port")
	load.assertNoneRefused(t)
	after := s.pod(t, "ollama")
	assert.Equal(t, before.UID, after.UID)
	assert.Zero(t, after.Status.ContainerStatuses[0].RestartCount)
}
