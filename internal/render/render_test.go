// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// The golden file of an object is testdata/<case>/<kind>-<name>.yaml.
func TestObjects(t *testing.T) {
	t.Parallel()
	cases := map[string]*v1alpha1.OllamaDeployment{}
	for _, name := range fixtures.Samples() {
		cases[name] = fixtures.Sample(t, name)
	}
	for name, text := range variants {
		cases[name] = fixtures.Parse(t, text)
	}
	for name, d := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d.UID = types.UID("00000000-0000-0000-0000-000000000000")
			if d.Namespace == "" {
				d.Namespace = "default"
			}
			d.Default()
			dir := filepath.Join("testdata", name)
			var files []string
			for _, object := range objectsOf(t, d) {
				text, err := yaml.Marshal(object.Config)
				require.NoError(t, err)
				file := strings.ToLower(object.Kind.Kind) + "-" + object.Name + ".yaml"
				golden.Equal(t, filepath.Join(dir, file), string(text))
				files = append(files, file)
			}
			golden.OnlyFiles(t, dir, files)
		})
	}
}

func TestObjectsArePure(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "tabby-advanced"))
	before := d.DeepCopy()
	first, second := objectsOf(t, d), objectsOf(t, d)
	assert.Equal(t, first, second)
	assert.Equal(t, before, d, "rendering must not change its argument")
}

func TestObjectsWithoutDefaults(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*v1alpha1.OllamaDeployment{
		"empty": {},
		"enabled and empty": {Spec: v1alpha1.OllamaDeploymentSpec{
			OpenWebUI: &v1alpha1.OpenWebUISpec{Enabled: new(true), Ingress: &v1alpha1.IngressSpec{Enabled: new(true)}},
			Tabby:     &v1alpha1.TabbySpec{Enabled: new(true), Ingress: &v1alpha1.IngressSpec{Enabled: new(true)}},
		}},
		"minimal": fixtures.Sample(t, "minimal"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NotPanics(t, func() { objectsOf(t, d) })
		})
	}
}

// The other components reach Ollama at the same address, whatever the port of its Service.
func TestOllamaAddress(t *testing.T) {
	t.Parallel()
	render := func(service, tabby string) map[string]string {
		d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, namespace: here}
spec:
  ollama: {models: ["codellama:7b"]`+service+`}
  openwebui: {enabled: true}
  tabby: {enabled: true`+tabby+`}
`))
		return texts(t, d)
	}
	before := render("", "")
	for name, tc := range map[string]struct{ service, tabby string }{
		"another port":                                 {`, service: {port: 80}`, ""},
		"another port in both components":              {`, service: {port: 80}`, ", ollamaServicePort: 80"},
		"another port, and 11434 for Tabby":            {`, service: {port: 80}`, ", ollamaServicePort: 11434"},
		"another port, and the Service name for Tabby": {`, service: {port: 80}`, ", ollamaServiceName: stack-ollama"},
		"another port and a load balancer":             {`, service: {port: 80, type: LoadBalancer}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := render(tc.service, tc.tabby)
			assert.Contains(t, after["Service stack-ollama"], "port: 80\n")
			assert.Contains(t, after["Service stack-ollama"], "port: 11434\n")
			delete(after, "Service stack-ollama")
			for object, text := range after {
				assert.Equal(t, before[object], text, object)
			}
		})
	}
	assert.Equal(t, 1, strings.Count(before["Service stack-ollama"], "targetPort: "), "11434 is not added twice")
	qualified := render(", service: {port: 80}", ", ollamaServiceName: stack-ollama.here.svc, ollamaServicePort: 80")
	assert.Contains(t, qualified["ConfigMap stack-tabby"], "'http://stack-ollama.here.svc:11434'")
	assert.Contains(t, before["Deployment stack-openwebui"], "http://stack-ollama:11434\n")
	assert.Contains(t, before["ConfigMap stack-tabby"], "'http://stack-ollama:11434'")
}

// texts returns the children in YAML by kind and name.
func texts(t *testing.T, d *v1alpha1.OllamaDeployment) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, object := range objectsOf(t, d) {
		text, err := yaml.Marshal(object.Config)
		require.NoError(t, err)
		out[object.Kind.Kind+" "+object.Name] = string(text)
	}
	return out
}

// objectsOf returns the rendered children of d.
func objectsOf(t *testing.T, d *v1alpha1.OllamaDeployment) []render.Object {
	t.Helper()
	objects, err := render.Objects(d, render.Options{OperatorNamespace: v1alpha1.OperatorNamespace})
	require.NoError(t, err)
	return objects
}
