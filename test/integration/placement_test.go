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
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
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

// preferring returns the manifest of an object with two pods, and with more of its spec. They prefer the first
// of two reserved nodes, by 2 x (100-30) points: more than what the scheduler has for the second pod to spread
// by default, and less than the 2 x 100 points of the operator's constraint.
//
// Source: kubernetes/kubernetes, pkg/scheduler/apis/config/v1/default_plugins.go and
// pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.
func preferring(name, settings string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: ` + name + `}
spec:
  ollama:
    replicas: 2
    models: ["llama2:7b"]
    resources: {limits: {example.com/accelerator: 1}}
    pod:
      nodeSelector: {example.com/pool: placement}
      tolerations: [{key: example.com/pool, value: placement, effect: NoSchedule}]
      labels: {team: ml}
      affinity:
        nodeAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - {weight: 10, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [reserved-1]}]}}
            - {weight: 3, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [reserved-2]}]}}
` + settings
}

// nodes returns the nodes of an object's pods of a component, in alphabetical order.
func (k kubectl) nodes(t *testing.T, name, component string) []string {
	t.Helper()
	out := strings.Fields(k.ok(t, "", "get", "pods", "-l", "ollama-deployment="+name+",app.kubernetes.io/component="+component,
		"-o", "jsonpath={.items[*].spec.nodeName}"))
	slices.Sort(out)
	return out
}

// The scheduler places pods on the nodes that their settings name, tolerates the taint of their device, and
// spreads them: each is on a node of its own, unless the user spreads them otherwise.
func TestPlacement(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	reservedNode(t, k, "reserved-1", "placement")
	reservedNode(t, k, "reserved-2", "placement")
	k.apply(t, preferring("placed", "  openwebui: {enabled: true}\n"))
	k.apply(t, preferring("packed", "      topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway}]\n"))
	for _, name := range []string{"placed", "packed"} {
		k.ready(t, name)
	}
	assert.Equal(t, []string{"reserved-1", "reserved-2"}, k.nodes(t, "placed", "ollama"))
	assert.Equal(t, []string{"reserved-1", "reserved-1"}, k.nodes(t, "packed", "ollama"), "without the operator's constraint")
	others := k.nodes(t, "placed", "openwebui")
	require.Len(t, others, 1)
	assert.NotContains(t, others[0], "reserved", "it does not tolerate the taints")
}

// Pods are evicted as long as the other one serves, and those that serve nobody always. A single pod can be
// evicted, too.
func TestEviction(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	clients, err := kubernetes.NewForConfig(shared.Config)
	require.NoError(t, err)
	evict := func(pod string) error {
		return clients.PolicyV1().Evictions(k.namespace).Evict(t.Context(), &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod, Namespace: k.namespace}})
	}
	pods := func(name string) []string {
		return strings.Fields(k.ok(t, "", "get", "pods", "-l", "ollama-deployment="+name, "-o", "jsonpath={.items[*].metadata.name}"))
	}
	// replaced waits until a pod is gone and the object has as many others that are ready.
	replaced := func(name, pod string, count int) {
		t.Helper()
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			assert.NotContains(c, pods(name), pod)
			assert.Len(c, pods(name), count)
		}, patience, tick)
		k.ready(t, name)
	}
	k.apply(t, strings.ReplaceAll(minimal, "NAME", "single"))
	k.apply(t, strings.ReplaceAll(minimal, "NAME", "several"))
	k.ok(t, "", "scale", "ollamadeployment/several", "--replicas=2")
	k.ready(t, "single")
	k.eventually(t, "ollamadeployment/several", ".status.ready", "2/2")
	const budget = "poddisruptionbudget/several-ollama"
	k.eventually(t, budget, ".status.disruptionsAllowed", "1")
	assert.Equal(t, "2", k.get(t, budget, ".status.expectedPods"))
	assert.False(t, k.exists(t, "poddisruptionbudget/single-ollama"))

	both := pods("several")
	require.Len(t, both, 2)
	idle, serving := both[0], both[1]
	k.kubelet(t, "pod/"+idle, corev1.ContainerStatus{Name: "ollama", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}})
	k.eventually(t, budget, ".status.disruptionsAllowed", "0")
	err = evict(serving)
	require.True(t, apierrors.IsTooManyRequests(err), "%v", err)
	require.ErrorContains(t, err, "disruption budget")
	require.NoError(t, evict(idle), "it is not ready")
	replaced("several", idle, 2)
	assert.Contains(t, pods("several"), serving)

	k.eventually(t, budget, ".status.disruptionsAllowed", "1")
	require.NoError(t, evict(serving))
	replaced("several", serving, 2)

	alone := pods("single")
	require.Len(t, alone, 1)
	require.NoError(t, evict(alone[0]))
	replaced("single", alone[0], 1)
}
