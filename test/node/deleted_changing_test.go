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
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// An object that is deleted during a rollout takes its old and new pods with it.
func TestObjectDeletedDuringRollout(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("rollout:1b", 1_000_000))
	s.apply(t, object("d", "rollout:1b", "    replicas: 2\n"))
	s.ready(t, "d")
	s.kubectl(t, "patch", "ollamadeployment", "d", "--type=merge", "-p", `{"spec":{"ollama":{"image":"example.com/missing"}}}`)
	s.eventually(t, "d", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonImagePullFailed)
	require.Len(t, s.pods(t, "ollama"), 3, "two old pods and a new one")
	s.deleteObject(t, "d")
}

// An object with a model that does not exist can be deleted.
func TestObjectDeletedWithMissingModel(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	s.apply(t, object("d", "deleted-typo:7bb", ""))
	s.eventually(t, "d", v1alpha1.ConditionDegraded, "True", v1alpha1.ReasonModelPullFailed)
	s.deleteObject(t, "d")
}

// deleteObject deletes an object, whose pods have to be gone in time after the garbage collector has deleted
// them. It looks for new kinds every 30 seconds, and may not know of OllamaDeployments in the first tests.
//
// Source: kubernetes/kubernetes, cmd/kube-controller-manager/app/core.go (garbageCollectorController.Run).
func (s *space) deleteObject(t *testing.T, name string) {
	t.Helper()
	start := time.Now()
	s.kubectl(t, "delete", "ollamadeployment", name, "--wait=false")
	var collected time.Time
	require.Eventually(t, func() bool {
		list := &corev1.PodList{}
		require.NoError(t, s.client.List(t.Context(), list, client.InNamespace(s.namespace)))
		remains := slices.ContainsFunc(list.Items, func(pod corev1.Pod) bool { return pod.DeletionTimestamp == nil })
		if !remains && collected.IsZero() {
			collected = time.Now()
		}
		return len(list.Items) == 0
	}, patience, tick)
	assert.Less(t, time.Since(collected), goneWithin)
	t.Logf("deleted after %s, and gone after %s more", collected.Sub(start).Round(tick), time.Since(collected).Round(tick))
}
