// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// podOf returns the spec of the component's pods.
func podOf(t *testing.T, d *v1alpha1.OllamaDeployment, component v1alpha1.ComponentName) *applycorev1.PodSpecApplyConfiguration {
	t.Helper()
	config, ok := deploymentOf(t, d, v1alpha1.ChildName(d.Name, component)).Config.(*applyappsv1.DeploymentApplyConfiguration)
	require.True(t, ok)
	return config.Spec.Template.Spec
}

// Pods tolerate the taints of their devices, and see only devices that they request.
func TestDevices(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ollama    string
		tolerated []string
		devices   string
	}{
		"of a pod without devices":   {ollama: `{models: ["llama2:7b"], resources: {limits: {memory: 8Gi}}}`, devices: "void"},
		"of NVIDIA":                  {ollama: `{models: ["llama2:7b"], resources: {limits: {nvidia.com/gpu: 2}}}`, tolerated: []string{"nvidia.com/gpu"}},
		"of two kinds":               {ollama: `{models: ["llama2:7b"], resources: {limits: {nvidia.com/mig-1g.5gb: 1, amd.com/gpu: 1}}}`, tolerated: []string{"amd.com/gpu", "nvidia.com/mig-1g.5gb"}},
		"of a pod without resources": {ollama: `{models: ["llama2:7b"]}`, devices: "void"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: `+tc.ollama+`}}`))
			pod := podOf(t, d, v1alpha1.ComponentOllama)
			var tolerated []string
			for _, toleration := range pod.Tolerations {
				assert.Equal(t, corev1.TolerationOpExists, *toleration.Operator)
				assert.Equal(t, corev1.TaintEffectNoSchedule, *toleration.Effect)
				tolerated = append(tolerated, *toleration.Key)
			}
			assert.Equal(t, tc.tolerated, tolerated)
			assert.Equal(t, tc.devices, valueOf(pod.Containers[0].Env, "NVIDIA_VISIBLE_DEVICES"))
		})
	}
}

// A user may give all devices of a node to pods, such as where devices are not counted.
func TestDevicesByVariable(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"]},
		tabby: {enabled: true, envVars: [{name: NVIDIA_VISIBLE_DEVICES, value: "0"}]}}}`))
	assert.Equal(t, "0", valueOf(podOf(t, d, v1alpha1.ComponentTabby).Containers[0].Env, "NVIDIA_VISIBLE_DEVICES"))
	assert.Equal(t, "void", valueOf(podOf(t, d, v1alpha1.ComponentOllama).Containers[0].Env, "NVIDIA_VISIBLE_DEVICES"))
}

// valueOf returns the value of a variable, "" if there is none.
func valueOf(list []applycorev1.EnvVarApplyConfiguration, name string) string {
	value := ""
	for _, variable := range list {
		if *variable.Name == name && variable.Value != nil {
			value = *variable.Value
		}
	}
	return value
}

// Components with several pods have a PodDisruptionBudget.
func TestDisruptionBudgets(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {
		ollama: {models: ["llama2:7b"], replicas: 2}, openwebui: {enabled: true}, tabby: {enabled: false, replicas: 3}}}`))
	var names []string
	for _, object := range objectsOf(t, d) {
		if object.Kind == render.KindPodDisruptionBudget {
			names = append(names, object.Name)
		}
	}
	assert.Equal(t, []string{"stack-ollama"}, names)
}
