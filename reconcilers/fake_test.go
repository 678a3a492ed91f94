// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/require"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
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
func fakeCluster(t *testing.T) *fake.ClientBuilder {
	t.Helper()
	scheme := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(scheme))
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	return fake.NewClientBuilder().WithScheme(scheme).WithReturnManagedFields().
		WithIndex(&autoscalingv2.HorizontalPodAutoscaler{}, autoscalerIndex, indexAutoscaler).
		WithIndex(&corev1.Pod{}, podOwnerIndex, indexPod)
}
