// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// reservedNode creates a simulated node for tests with the label and the taint "pool", and a device whose
// taint it has, too.
func reservedNode(t *testing.T, k kubectl, name, pool string) {
	t.Helper()
	capacity := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("100"), corev1.ResourceMemory: resource.MustParse("1Ti"), corev1.ResourcePods: resource.MustParse("100"),
		"example.com/accelerator": resource.MustParse("4"),
	}
	data, err := json.Marshal(&corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"},
			Labels: map[string]string{corev1.LabelHostname: name, "example.com/pool": pool},
		},
		Spec: corev1.NodeSpec{Taints: []corev1.Taint{
			{Key: "example.com/pool", Value: pool, Effect: corev1.TaintEffectNoSchedule},
			{Key: "example.com/accelerator", Value: "present", Effect: corev1.TaintEffectNoSchedule},
		}},
		Status: corev1.NodeStatus{Capacity: capacity, Allocatable: capacity},
	})
	require.NoError(t, err)
	k.ok(t, string(data), "create", "-f", "-")
	t.Cleanup(func() { k.ok(t, "", "delete", "node", name) })
}

// The scheduler places pods on the nodes that their settings name, tolerates the taint of their device, and
// spreads them.
func TestPlacement(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	reservedNode(t, k, "reserved-1", "placement")
	reservedNode(t, k, "reserved-2", "placement")
	k.apply(t, `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: placed}
spec:
  ollama:
    replicas: 2
    models: ["llama2:7b"]
    resources: {limits: {example.com/accelerator: 1}}
    pod:
      nodeSelector: {example.com/pool: placement}
      tolerations: [{key: example.com/pool, value: placement, effect: NoSchedule}]
      labels: {team: ml}
  openwebui: {enabled: true}
`)
	nodes := func(component string) []string {
		out := strings.Fields(k.get(t, "pods", `.items[?(@.metadata.labels.app\.kubernetes\.io/component=="`+component+`")].spec.nodeName`))
		slices.Sort(out)
		return out
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, []string{"reserved-1", "reserved-2"}, nodes("ollama"))
		others := nodes("openwebui")
		if assert.Len(c, others, 1) {
			assert.NotContains(c, others[0], "reserved", "it does not tolerate the taints")
		}
	}, patience, tick)
	k.ok(t, "", "wait", "--for=condition=Ready", "ollamadeployment/placed", "--timeout=60s")
	assert.Equal(t, "2", strings.TrimSpace(k.get(t, "poddisruptionbudget/placed-ollama", ".status.expectedPods")))
}
