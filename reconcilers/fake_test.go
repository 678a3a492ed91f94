// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// allModels observes one pod that has all listed models.
type allModels struct{}

func (allModels) Observed(d *v1alpha1.OllamaDeployment) *status.ObservedModels {
	pod := status.ModelPod{Name: "pod", Models: map[string]status.PodModel{}}
	for _, name := range d.Spec.Ollama.Models {
		pod.Models[name.Name().ListedKey()] = status.PodModel{Digest: "digest"}
	}
	return &status.ObservedModels{Pods: []status.ModelPod{pod}}
}

// fakeCluster builds a client that has the kinds and indexes of the manager's.
func fakeCluster(t testing.TB) *fake.ClientBuilder {
	t.Helper()
	return fake.NewClientBuilder().WithScheme(newScheme(t)).WithReturnManagedFields().
		WithIndex(&autoscalingv2.HorizontalPodAutoscaler{}, autoscalerIndex, indexAutoscaler).
		WithIndex(&appsv1.Deployment{}, rolloutIndex, indexRollout).
		WithIndex(&corev1.Pod{}, podOwnerIndex, indexPod)
}
