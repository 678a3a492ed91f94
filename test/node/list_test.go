// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	registry "github.com/geeper-io/llm-operator/test/node/models"
)

// A pod follows its list without the operator, which does not know of it: a model that is removed is not
// waited for, and one that is added is pulled beside those that are served.
func TestListChanged(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	for _, model := range []string{"stays:1b", "added:1b", "removed:1b"} {
		require.NoError(t, shared.Models.Add(model, 1_000_000))
	}
	shared.Models.SetMode("removed:1b", registry.Broken)
	s.apply(t, object("list", "stays:1b", ""))
	s.ready(t, "list")
	list := s.copyConfigMap(t, "list-ollama", "copy")
	s.setList(t, list, "stays:1b\nremoved:1b\n")
	s.copyOllama(t, "list", "copy", func(pod *corev1.PodSpec) { useConfigMap(pod, list.Name) })
	s.waitsFor(t, "model removed:1b: Error: pull model manifest: 500")

	s.setList(t, list, "stays:1b\n")
	before := s.podOf(t, "copy")
	tags := s.url(t, "copy", "11434", "/api/tags")
	load := startLoad(tags)
	s.setList(t, list, "stays:1b\nadded:1b\n")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.ElementsMatch(c, []string{"stays:1b", "added:1b"}, models(c, tags))
	}, patience, tick)
	load.assertNoneRefused(t)
	after := s.podOf(t, "copy")
	assert.Equal(t, before.UID, after.UID)
	assert.Zero(t, after.Status.ContainerStatuses[0].RestartCount)
	assert.Equal(t, transition(before), transition(after), "the pod has been ready all the time")
}

// copyConfigMap creates a copy of a ConfigMap of the namespace.
func (s *space) copyConfigMap(t *testing.T, name, copied string) *corev1.ConfigMap {
	t.Helper()
	config := &corev1.ConfigMap{}
	require.NoError(t, s.client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: name}, config))
	config.ObjectMeta = metav1.ObjectMeta{Namespace: s.namespace, Name: copied}
	require.NoError(t, s.client.Create(t.Context(), config))
	return config
}

// setList writes a list of models, one a line, to the file that pods read.
func (s *space) setList(t *testing.T, config *corev1.ConfigMap, list string) {
	t.Helper()
	require.Contains(t, config.Data, "models")
	config.Data["models"] = list
	require.NoError(t, s.client.Update(t.Context(), config))
}
