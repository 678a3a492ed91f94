// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A change of the list changes the derived memory, and not the pods. A change of the pods takes the new
// memory along, and so does a memory that the user sets.
func TestMemoryFollowsAtTheNextRollout(t *testing.T) {
	t.Parallel()
	const before = `{models: ["llama2:7b"]}`
	for name, tc := range map[string]struct {
		after string
		want  string
	}{
		"larger model":           {`{models: ["llama2:70b"]}`, "6Gi"},
		"smaller model":          {`{models: ["gemma:2b"]}`, "6Gi"},
		"larger model and image": {`{models: ["llama2:70b"], imageTag: "0.32.15"}`, "49Gi"},
		"memory of the user":     {`{models: ["llama2:70b"], resources: {requests: {memory: 20Gi}}}`, "20Gi"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, old := renderedOllama(t, before)
			d, wanted := renderedOllama(t, tc.after)
			encoded, err := render.Fingerprint(old.Config.(*applyappsv1.DeploymentApplyConfiguration).Spec.Template)
			require.NoError(t, err)
			live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{templateLabel: encoded, memoryLabel: "6Gi"}}}
			wanted.Keep(d, liveOf(live))
			data, err := json.Marshal(wanted.Config)
			require.NoError(t, err)
			got := &appsv1.Deployment{}
			require.NoError(t, json.Unmarshal(data, got))
			assert.Equal(t, tc.want, got.Spec.Template.Spec.Containers[0].Resources.Requests.Memory().String())
		})
	}
}

// renderedOllama returns an object with this spec of Ollama, and its rendered Deployment.
func renderedOllama(t *testing.T, spec string) (*v1alpha1.OllamaDeployment, render.Object) {
	t.Helper()
	d := fixtures.Defaulted(fixtures.Parse(t, "metadata: {name: stack}\nspec:\n  ollama: "+spec))
	objects, err := render.Objects(d, render.Options{})
	require.NoError(t, err)
	for _, object := range objects {
		if object.Kind == render.KindDeployment {
			return d, object
		}
	}
	require.Fail(t, "no Deployment")
	return nil, render.Object{}
}

// The memory that the container requests is kept in the cache.
func TestOllamaMemory(t *testing.T) {
	t.Parallel()
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{v1alpha1.LabelComponent: "ollama"}}}
	assert.Empty(t, render.OllamaMemory(d))
	requesting := func(name, memory string) corev1.Container {
		return corev1.Container{Name: name, Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(memory)},
		}}
	}
	d.Spec.Template.Spec.Containers = []corev1.Container{requesting("injected", "64Mi"), requesting("ollama", "6Gi")}
	assert.Equal(t, "6Gi", render.OllamaMemory(d))
	d.Labels[v1alpha1.LabelComponent] = "tabby"
	assert.Empty(t, render.OllamaMemory(d))
}
