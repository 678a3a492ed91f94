// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Tests in this file run Deployments that are similar to the operator's, which does not know of them.

// copyOllama creates a changed copy of the Deployment of Ollama of an object, with a Service.
func (s *space) copyOllama(t *testing.T, object, name string, change func(*corev1.PodSpec)) *appsv1.Deployment {
	t.Helper()
	original := &appsv1.Deployment{}
	require.NoError(t, s.client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: object + "-ollama"}, original))
	labels := map[string]string{v1alpha1.LabelComponent: name}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}, Spec: original.Spec}
	deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
	deployment.Spec.Template.Labels = labels
	change(&deployment.Spec.Template.Spec)
	require.NoError(t, s.client.Create(t.Context(), deployment))
	require.NoError(t, s.client.Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name},
		Spec:       corev1.ServiceSpec{Selector: labels, Ports: []corev1.ServicePort{{Port: 11434}}},
	}))
	return deployment
}

// useConfigMap makes a copy of Ollama's pod use another ConfigMap.
func useConfigMap(pod *corev1.PodSpec, name string) {
	for i := range pod.Volumes {
		if config := pod.Volumes[i].ConfigMap; config != nil {
			config.Name = name
		}
	}
}

// podOf waits until the only pod of a Deployment is ready.
func (s *space) podOf(t *testing.T, name string) corev1.Pod {
	t.Helper()
	var found corev1.Pod
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		found = corev1.Pod{}
		if pods := s.pods(c, name); assert.Len(c, pods, 1) {
			found = pods[0]
		}
		assert.True(c, podReady(&found))
	}, patience, tick)
	return found
}

// Pods with an arbitrary user ID pull models, and log it.
func TestArbitraryUser(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("user:1b", 1_000_000))
	s.apply(t, object("root", "user:1b", ""))
	s.ready(t, "root")
	s.copyOllama(t, "root", "user", func(pod *corev1.PodSpec) {
		pod.SecurityContext.RunAsUser = new(int64(1_000_650_000))
		pod.SecurityContext.RunAsNonRoot = new(true)
		container := &pod.Containers[0]
		container.Env = append(container.Env, corev1.EnvVar{Name: "HOME", Value: "/data"})
		container.VolumeMounts[0].MountPath = "/data"
		container.SecurityContext.ReadOnlyRootFilesystem = new(true)
	})
	pod := s.podOf(t, "user")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, s.kubectl(c, "logs", pod.Name), "pull-models: user:1b is available\n")
	}, patience, tick)
}

// earlierScripts are those of the version that had the models in the pod template.
func earlierScripts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/earlier/*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	scripts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		scripts[filepath.Base(file)] = string(text)
	}
	return scripts
}

// Pods of the version before the list of models was a file remain ready with today's scripts, which the
// kubelet gives them, until a rollout replaces them, and nobody is refused.
func TestEarlierPods(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("earlier:1b", 1_000_000))
	s.apply(t, object("today", "earlier:1b", ""))
	s.ready(t, "today")
	scripts := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "earlier"}, Data: earlierScripts(t)}
	require.NoError(t, s.client.Create(t.Context(), scripts))
	var today corev1.PodSpec
	deployment := s.copyOllama(t, "today", "earlier", func(pod *corev1.PodSpec) {
		useConfigMap(pod, scripts.Name)
		today = *pod.DeepCopy()
		container := &pod.Containers[0]
		for _, command := range []*[]string{&container.Lifecycle.PostStart.Exec.Command, &container.ReadinessProbe.Exec.Command} {
			*command = append(*command, "earlier:1b")
		}
	})
	before := s.podOf(t, "earlier")
	load := startLoad(s.url(t, "earlier", "11434", "/api/tags"))

	current := &corev1.ConfigMap{}
	require.NoError(t, s.client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "today-ollama"}, current))
	scripts.Data = current.Data
	require.NoError(t, s.client.Update(t.Context(), scripts))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, s.kubectl(c, "logs", before.Name), "pull-models: earlier:1b is already available\n", "of today's script")
	}, patience, tick)
	after := s.podOf(t, "earlier")
	assert.Equal(t, before.UID, after.UID)
	assert.Equal(t, transition(before), transition(after), "the pod has always been ready")
	assert.NotContains(t, s.kubectl(t, "get", "events", "--field-selector=involvedObject.name="+before.Name), "Readiness probe failed")

	deployment.Spec.Template.Spec = today
	deployment.ResourceVersion = ""
	require.NoError(t, s.client.Update(t.Context(), deployment))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		if pods := s.pods(c, "earlier"); assert.Len(c, pods, 1) {
			assert.NotEqual(c, before.UID, pods[0].UID)
			assert.True(c, podReady(&pods[0]))
		}
	}, patience, tick)
	load.assertNoneRefused(t)
}

// transition returns when a pod became ready or not.
func transition(pod corev1.Pod) metav1.Time {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.LastTransitionTime
		}
	}
	return metav1.Time{}
}
