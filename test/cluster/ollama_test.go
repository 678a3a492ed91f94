// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	names "github.com/geeper-io/llm-operator/internal/ollama"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/ollama"
)

// Pods on simulated nodes have Ollama servers, which are reached through the proxy as long as the pods
// run.
func TestSimulatedOllama(t *testing.T) {
	t.Parallel()
	c, err := cluster.Start(cluster.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Stop()) })
	pods := newOllamaPods(t, c)
	control, err := c.Ollama()
	require.NoError(t, err)

	first := pods.create(t, "first", "models")
	require.NoError(t, pods.client(first).Pull(t.Context(), names.Registries{}.Download("llama3.2:3b"), nil))
	models, err := control.Models(first)
	require.NoError(t, err)
	assert.Equal(t, []string{"llama3.2:3b"}, models)
	err = pods.client(first).Pull(t.Context(), names.Registries{}.Download("not-found:latest"), nil)
	assert.Equal(t, ollamaclient.NotFound, ollamaclient.ReasonOf(err))

	require.NoError(t, c.RestartAPIServer())
	pods.delete(t, "first")
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		_, err := pods.client(first).List(context.Background())
		assert.Equal(t, ollamaclient.Unreachable, ollamaclient.ReasonOf(err))
	}, time.Minute, 100*time.Millisecond)
	second := pods.create(t, "second", "models")
	models, err = control.Models(second)
	require.NoError(t, err)
	assert.Equal(t, []string{"llama3.2:3b"}, models, "models on a claim outlive the pod")
	third := pods.create(t, "third", "")
	models, err = control.Models(third)
	require.NoError(t, err)
	assert.Empty(t, models)
	counts, err := control.Counts()
	require.NoError(t, err)
	assert.Equal(t, 2, counts[ollama.KindPull])
}

// ollamaPods creates pods of Ollama in a cluster.
type ollamaPods struct {
	kubernetes.Interface
	proxy   *url.URL
	control ollama.Control
}

func newOllamaPods(t *testing.T, c *cluster.Cluster) ollamaPods {
	t.Helper()
	client, err := kubernetes.NewForConfig(c.Config)
	require.NoError(t, err)
	address, err := c.OllamaProxyURL()
	require.NoError(t, err)
	proxy, err := url.Parse(address)
	require.NoError(t, err)
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "models"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
	_, err = client.CoreV1().PersistentVolumeClaims("default").Create(t.Context(), claim, metav1.CreateOptions{})
	require.NoError(t, err)
	return ollamaPods{client, proxy, ollama.Control{URL: address}}
}

func (p ollamaPods) client(address string) *ollamaclient.Client {
	return ollamaclient.New(address+":"+ollama.Port, ollamaclient.NewHTTPClient(p.proxy))
}

// create creates a pod, with a volume if there is a claim, and returns its address once it is
// simulated.
func (p ollamaPods) create(t *testing.T, name, claim string) (address string) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "ollama", Image: "ollama/ollama", Ports: []corev1.ContainerPort{{ContainerPort: 11434}},
		}}},
	}
	if claim != "" {
		source := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}
		pod.Spec.Volumes = []corev1.Volume{{Name: "models", VolumeSource: source}}
	}
	_, err := p.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{})
	require.NoError(t, err)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		pod, err := p.CoreV1().Pods("default").Get(t.Context(), name, metav1.GetOptions{})
		if assert.NoError(c, err) && assert.Equal(c, corev1.PodRunning, pod.Status.Phase) {
			address = pod.Status.PodIP
			_, err := p.control.Models(address)
			assert.NoError(c, err)
		}
	}, time.Minute, 100*time.Millisecond)
	return address
}

func (p ollamaPods) delete(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, p.CoreV1().Pods("default").Delete(t.Context(), name, metav1.DeleteOptions{}))
}
