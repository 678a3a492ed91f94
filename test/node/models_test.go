// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/node"
)

// modelStatus returns the state of a listed model, which it fails without.
func (s *space) modelStatus(t require.TestingT, name string, model v1alpha1.OllamaModel) v1alpha1.ModelStatus {
	for _, m := range s.get(t, name).Status.Models {
		if m.Name == model {
			return m
		}
	}
	require.Fail(t, "the status does not have the model", string(model))
	return v1alpha1.ModelStatus{}
}

// A model that is added is reported with its progress while the pod stays in its Service, and a model that
// is removed is deleted. What somebody deletes comes back.
func TestModelsComeAndGo(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	for _, model := range []string{"stays:1b", "goes:1b"} {
		require.NoError(t, shared.Models.Add(model, 1_000_000))
	}
	require.NoError(t, shared.Models.Add("comes:1b", 3_000_000))
	shared.Models.SetRate("comes:1b", 100_000)
	s.apply(t, object("m", `stays:1b", "goes:1b`, ""))
	s.ready(t, "m")
	pod, tags := s.pod(t, "ollama"), s.url(t, "m-ollama", "11434", "/api/tags")
	assert.NotNil(t, s.modelStatus(t, "m", "goes:1b").LastPulled)

	s.apply(t, object("m", `stays:1b", "comes:1b`, ""))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		found := s.modelStatus(c, "m", "comes:1b")
		assert.Equal(c, v1alpha1.ModelPulling, found.Phase)
		assert.Regexp(c, `^[1-9][0-9]?%$`, found.Progress)
	}, patience, tick)
	assert.Equal(t, v1alpha1.PhaseReady, s.get(t, "m").Status.Phase)
	assert.Equal(t, v1alpha1.ReasonModelsNotPulled, s.condition(t, "m", v1alpha1.ConditionReady).Reason)
	assert.Equal(t, []string{"stays:1b"}, models(t, tags))

	shared.Models.SetRate("comes:1b", 0)
	s.ready(t, "m")
	assert.ElementsMatch(t, []string{"stays:1b", "comes:1b"}, models(t, tags))
	assert.Equal(t, "2/2", s.get(t, "m").Status.ModelsReady)

	s.kubectl(t, "exec", pod.Name, "-c", "ollama", "--", "ollama", "rm", "stays:1b")
	s.kubectl(t, "patch", "ollamadeployment", "m", "--type=merge", "-p", `{"spec":{"ollama":{"modelRemovalPolicy":"Keep"}}}`)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.ElementsMatch(c, []string{"stays:1b", "comes:1b"}, models(c, tags))
	}, patience, tick)
	after := s.pod(t, "ollama")
	assert.Equal(t, pod.UID, after.UID)
	assert.Zero(t, after.Status.ContainerStatuses[0].RestartCount)
}

// A typo is named within 15 seconds of the start of the pod, and the other models are served.
func TestTypoIsNamed(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("one:1b", 1_000_000))
	require.NoError(t, shared.Models.Add("three:1b", 1_000_000))
	s.apply(t, object("typo", `one:1b", "two:1bb", "three:1b`, ""))
	s.eventually(t, "typo", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonModelPullFailed)
	degraded := s.condition(t, "typo", v1alpha1.ConditionDegraded)
	started := s.pod(t, "ollama").Status.ContainerStatuses[0].State.Running.StartedAt
	assert.Less(t, degraded.LastTransitionTime.Sub(started.Time), 15*time.Second)
	assert.Contains(t, degraded.Message, "model two:1bb: pull model manifest: file does not exist")
	s.podsReady(t, "typo")
	assert.ElementsMatch(t, []string{"one:1b", "three:1b"}, models(t, s.url(t, "typo-ollama", "11434", "/api/tags")))
	assert.Contains(t, s.logs(t), "pull-models: two:1bb: Error: pull model manifest: file does not exist\n")
}

// A tag that has moved is pulled again when the object asks for it, without a restart.
func TestModelsRefreshed(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("moves:1b", 1_000_000))
	s.apply(t, object("r", "moves:1b", ""))
	s.ready(t, "r")
	pod, before := s.pod(t, "ollama"), s.modelStatus(t, "r", "moves:1b").Digest
	require.NoError(t, shared.Models.Add("moves:1b", 2_000_000))
	s.kubectl(t, "annotate", "ollamadeployment", "r", v1alpha1.AnnotationRefreshModels+"=once")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, "once", s.get(c, "r").Status.LastModelRefresh)
		assert.NotEqual(c, before, s.modelStatus(c, "r", "moves:1b").Digest)
	}, patience, tick)
	assert.Equal(t, pod.UID, s.pod(t, "ollama").UID)
}

// An operator that restarts during a pull goes on with it.
func TestOperatorRestartedDuringPull(t *testing.T) {
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("first:1b", 1_000_000))
	s.apply(t, object("o", "first:1b", ""))
	s.ready(t, "o")
	require.NoError(t, shared.Models.Add("long:1b", 6_000_000))
	shared.Models.SetRate("long:1b", 100_000)
	s.apply(t, object("o", `first:1b", "long:1b`, ""))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NotEmpty(c, s.modelStatus(c, "o", "long:1b").Progress)
	}, patience, tick)

	s.kubectl(t, "-n", node.OperatorNamespace, "rollout", "restart", "deployment/"+node.OperatorDeployment)
	s.kubectl(t, "-n", node.OperatorNamespace, "rollout", "status", "deployment/"+node.OperatorDeployment, "--timeout=60s")
	shared.Models.SetRate("long:1b", 0)
	s.ready(t, "o")
	assert.NotNil(t, s.modelStatus(t, "o", "long:1b").LastPulled)
}
