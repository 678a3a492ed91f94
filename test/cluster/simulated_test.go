// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

	names "github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// A server is there while a pod with Ollama's port runs; what strip removes is not needed.
func TestSimulatedOllamaFollowsPods(t *testing.T) {
	s := &simulatedOllama{proxy: ollama.NewSimulation()}
	server := httptest.NewServer(s.proxy)
	t.Cleanup(server.Close)
	control := ollama.Control{URL: server.URL}
	simulated := func(address string) bool {
		_, err := control.Models(address)
		return err == nil
	}
	set := func(change func(pod *corev1.Pod)) *corev1.Pod {
		pod := ollamaPod()
		change(pod)
		stripped, err := strip(pod)
		require.NoError(t, err)
		s.setPod(stripped)
		return pod
	}

	set(func(pod *corev1.Pod) { pod.Status = corev1.PodStatus{Phase: corev1.PodPending} })
	set(func(pod *corev1.Pod) { pod.Spec.Containers[0].Ports[0].ContainerPort = 8080 })
	assert.False(t, simulated("10.128.0.1"))
	running := set(func(*corev1.Pod) {})
	assert.True(t, simulated("10.128.0.1"))
	set(func(pod *corev1.Pod) { pod.Status.Phase = corev1.PodFailed })
	assert.False(t, simulated("10.128.0.1"))

	for name, deleted := range map[string]any{
		"deleted":                         running,
		"deleted while nobody watched it": cache.DeletedFinalStateUnknown{Obj: running},
	} {
		set(func(*corev1.Pod) {})
		require.True(t, simulated("10.128.0.1"))
		s.deleted(deleted)
		assert.False(t, simulated("10.128.0.1"), name)
	}
}

// Models on a claim outlive the pod, but not the claim.
func TestSimulatedOllamaFollowsClaims(t *testing.T) {
	s := &simulatedOllama{proxy: ollama.NewSimulation()}
	server := httptest.NewServer(s.proxy)
	t.Cleanup(server.Close)
	control := ollama.Control{URL: server.URL}
	proxy, err := url.Parse(server.URL)
	require.NoError(t, err)
	pod, err := strip(ollamaPod())
	require.NoError(t, err)
	s.setPod(pod)
	require.NoError(t, client.New("10.128.0.1:11434", client.NewHTTPClient(proxy)).Pull(t.Context(), names.Registries{}.Download("a:b"), nil))

	models := func() []string {
		s.deleted(pod)
		s.setPod(pod)
		models, err := control.Models("10.128.0.1")
		require.NoError(t, err)
		return models
	}
	assert.Equal(t, []string{"a:b"}, models())
	claim, err := strip(&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "models"}})
	require.NoError(t, err)
	s.deleted(claim)
	assert.Empty(t, models())
}

func ollamaPod() *corev1.Pod {
	claim := &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "models"}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "ollama", UID: "1"},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Ports: []corev1.ContainerPort{{ContainerPort: 11434}}}},
			Volumes: []corev1.Volume{
				{Name: "scripts"}, {Name: "models", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: claim}},
			},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.128.0.1"},
	}
}
