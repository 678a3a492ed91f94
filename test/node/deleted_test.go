// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// goneWithin is how long a pod may take to be gone after it is deleted, if it answers nobody. It is less than the
// 30 seconds after which the kubelet kills one that does not end by itself.
const goneWithin = 25 * time.Second

// An idle pod that is deleted is gone soon, and its successor is ready.
func TestPodDeleted(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("deleted:1b", 1_000_000))
	s.apply(t, object("deleted", "deleted:1b", ""))
	s.ready(t, "deleted")
	s.deletePod(t, s.pod(t, "ollama"))
	s.ready(t, "deleted")
}

// A pod that is pulling a model can be deleted.
func TestPodDeletedDuringPull(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.startPull(t, "pulling", "pulling:1b")
	s.deletePod(t, s.pod(t, "ollama"))
}

// startPull creates an object whose pull takes a minute, and waits until it has begun.
func (s *space) startPull(t *testing.T, name, model string) {
	t.Helper()
	const rate = 50_000
	require.NoError(t, shared.Models.Add(model, 60*rate))
	shared.Models.SetRate(model, rate)
	s.apply(t, object(name, model, ""))
	s.eventually(t, name, v1alpha1.ConditionModelsPulled, "False", v1alpha1.ReasonPulling)
	require.Eventually(t, func() bool { return shared.Models.Requests(model) > 0 }, patience, tick)
}

// deletePod deletes a pod, which has to be gone in time.
func (s *space) deletePod(t *testing.T, pod corev1.Pod) {
	t.Helper()
	start := time.Now()
	require.NoError(t, s.client.Delete(t.Context(), &pod))
	require.Eventually(t, func() bool {
		err := s.client.Get(t.Context(), client.ObjectKeyFromObject(&pod), &corev1.Pod{})
		return apierrors.IsNotFound(err)
	}, patience, tick)
	assert.Less(t, time.Since(start), goneWithin)
	t.Logf("gone after %s", time.Since(start).Round(tick))
}

// An object that is deleted takes its pods with it, whatever they are doing.
func TestObjectDeleted(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T, s *space){
		"while its image is missing": func(t *testing.T, s *space) {
			t.Helper()
			s.apply(t, object("d", "missing:1b", "    image: example.com/missing\n"))
			s.eventually(t, "d", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonImagePullFailed)
		},
		"while no node takes its pod": func(t *testing.T, s *space) {
			t.Helper()
			s.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: d}
spec: {ollama: {models: ["large:1b"], resources: {requests: {memory: 1000Gi}}}}
`)
			s.eventually(t, "d", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonUnschedulable)
		},
		"while it pulls": func(t *testing.T, s *space) {
			t.Helper()
			s.startPull(t, "d", "deleted-pulling:1b")
		},
		"while Tabby waits": func(t *testing.T, s *space) {
			t.Helper()
			require.NoError(t, shared.Models.Add("deleted-waiting:1b", 3_000_000))
			shared.Models.SetRate("deleted-waiting:1b", 50_000)
			s.apply(t, object("d", "deleted-waiting:1b", "  tabby: {enabled: true, resources: {requests: {cpu: 20m, memory: 32Mi}}}\n"))
			require.EventuallyWithT(t, func(c *assert.CollectT) {
				pod := s.pod(c, "tabby")
				if assert.NotEmpty(c, pod.Status.InitContainerStatuses) {
					assert.NotNil(c, pod.Status.InitContainerStatuses[0].State.Running)
				}
			}, patience, tick)
		},
		"when it is ready": func(t *testing.T, s *space) {
			t.Helper()
			require.NoError(t, shared.Models.Add("deleted-ready:1b", 1_000_000))
			s.apply(t, object("d", "deleted-ready:1b", ""))
			s.ready(t, "d")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSpace(t)
			start(t, s)
			s.deleteObject(t, "d")
		})
	}
}
