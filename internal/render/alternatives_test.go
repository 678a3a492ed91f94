// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// The pod templates of earlier versions, in testdata/earlier, are alternatives.
func TestAlternativesOfEarlierVersions(t *testing.T) {
	t.Parallel()
	for file, d := range map[string]*v1alpha1.OllamaDeployment{
		"deployment-full-ollama-openwebui": fixtures.Sample(t, "full"),
		"deployment-tabby-example-tabby":   fixtures.Sample(t, "tabby"),
		"deployment-kept-openwebui":        fixtures.Parse(t, variants["storage"]),
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			for _, version := range []string{"first", "log-tail", "model-list"} {
				data, err := os.ReadFile(filepath.Join("testdata", "earlier", version, file+".yaml"))
				require.NoError(t, err)
				var earlier applyappsv1.DeploymentApplyConfiguration
				require.NoError(t, yaml.UnmarshalStrict(data, &earlier))
				object := deploymentOf(t, fixtures.Defaulted(d), *earlier.Name)
				want := asYAML(t, earlier.Spec.Template)
				var alternatives []string
				for _, template := range object.Alternatives {
					alternatives = append(alternatives, asYAML(t, template))
				}
				assert.Contains(t, alternatives, want, version)
			}
		})
	}
}

// Pods of Ollama whose template has the list of models are replaced.
// Those that read the list from a file remain.
func TestAlternativesOfEarlierOllama(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "full"))
	data, err := os.ReadFile(filepath.Join("testdata", "earlier", "model-list", "deployment-full-ollama-ollama.yaml"))
	require.NoError(t, err)
	var earlier applyappsv1.DeploymentApplyConfiguration
	require.NoError(t, yaml.UnmarshalStrict(data, &earlier))
	alternatives := deploymentOf(t, d, *earlier.Name).Alternatives
	require.Len(t, alternatives, 1)
	assert.Equal(t, asYAML(t, earlier.Spec.Template), asYAML(t, alternatives[0]))
}

// Pods of Ollama with a proxy that do not bypass it for the stack's own Services remain.
func TestAlternativesWithProxies(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, variants["pods"]))
	d.Namespace = "default"
	data, err := os.ReadFile(filepath.Join("testdata", "earlier", "spread", "deployment-placed-ollama.yaml"))
	require.NoError(t, err)
	var earlier applyappsv1.DeploymentApplyConfiguration
	require.NoError(t, yaml.UnmarshalStrict(data, &earlier))
	alternatives := deploymentOf(t, d, *earlier.Name).Alternatives
	require.Len(t, alternatives, 2)
	assert.Equal(t, asYAML(t, earlier.Spec.Template), asYAML(t, alternatives[0]))
}

// So do pods with a variable that hides hosts of the user in another spelling.
func TestAlternativesWithHiddenBypass(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: s, namespace: ns}
spec:
  ollama:
    models: ["llama2:7b"]
    envVars: [{name: HTTP_PROXY, value: "http://p"}, {name: no_proxy, valueFrom: {configMapKeyRef: {name: a, key: b}}}]
`))
	deployment := deploymentOf(t, d, "s-ollama")
	config, ok := deployment.Config.(*applyappsv1.DeploymentApplyConfiguration)
	require.True(t, ok)
	assert.NotContains(t, asYAML(t, config.Spec.Template), "NO_PROXY")
	require.Len(t, deployment.Alternatives, 3)
	assert.Contains(t, asYAML(t, deployment.Alternatives[0]), "- name: NO_PROXY\n")
	assert.NotContains(t, asYAML(t, deployment.Alternatives[1]), "NO_PROXY")
}

// A change of the list of models changes the ConfigMap that the pods mount, and no pod template. Tabby's
// depends on it: it may use the model.
func TestModelsAreNotInTheTemplate(t *testing.T) {
	t.Parallel()
	for name, text := range variants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, text))
			before := texts(t, d)
			d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "tinyllama:1.1b")
			after := texts(t, d)
			list := "ConfigMap " + v1alpha1.ChildName(d.Name, v1alpha1.ComponentOllama)
			assert.NotContains(t, before[list], "tinyllama:1.1b")
			assert.Contains(t, after[list], "    tinyllama:1.1b\n")
			for object, text := range before {
				if object != list && !strings.HasSuffix(object, "-tabby") {
					assert.Equal(t, text, after[object], object)
				}
			}
		})
	}
}

// Scaling down to one pod of a shared volume restarts no pod.
func TestAlternativesOfReplicas(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, variants["shared-storage"]))
	many := templateOf(t, d)
	assert.Contains(t, many, "OLLAMA_NOPRUNE")
	d.Spec.Ollama.Replicas = new(int32(1))
	assert.NotContains(t, templateOf(t, d), "OLLAMA_NOPRUNE")
	var alternatives []string
	for _, template := range deploymentOf(t, d, "shared-ollama").Alternatives {
		alternatives = append(alternatives, asYAML(t, template))
	}
	assert.Contains(t, alternatives, many)

	d.Spec.Ollama.Replicas = new(int32(2))
	for _, template := range deploymentOf(t, d, "shared-ollama").Alternatives {
		assert.Contains(t, asYAML(t, template), "OLLAMA_NOPRUNE", "servers of a shared volume never prune")
	}
	d.Spec.Ollama.Resources = nil
	assert.NotContains(t, templateOf(t, d), "OLLAMA_NOPRUNE", "each pod has its own volume")
}

// templateOf returns the pod template of Ollama in YAML.
func templateOf(t *testing.T, d *v1alpha1.OllamaDeployment) string {
	t.Helper()
	config, ok := deploymentOf(t, d, v1alpha1.ChildName(d.Name, v1alpha1.ComponentOllama)).Config.(*applyappsv1.DeploymentApplyConfiguration)
	require.True(t, ok)
	return asYAML(t, config.Spec.Template)
}

func deploymentOf(t *testing.T, d *v1alpha1.OllamaDeployment, name string) render.Object {
	t.Helper()
	for _, object := range objectsOf(t, d) {
		if object.Kind == render.KindDeployment && object.Name == name {
			return object
		}
	}
	require.Fail(t, "no Deployment "+name)
	return render.Object{}
}

func asYAML(t *testing.T, template *applycorev1.PodTemplateSpecApplyConfiguration) string {
	t.Helper()
	text, err := yaml.Marshal(template)
	require.NoError(t, err)
	return string(text)
}
