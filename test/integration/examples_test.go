// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// inNamespace returns a sample in YAML, in the test's namespace, and its name.
func inNamespace(t *testing.T, k kubectl, sample string) (yaml, name string) {
	t.Helper()
	data, err := os.ReadFile(fixtures.SamplePath(sample))
	require.NoError(t, err)
	d := fixtures.Sample(t, sample)
	yaml = string(data)
	if d.Namespace != "" {
		yaml = strings.Replace(yaml, "namespace: "+d.Namespace, "namespace: "+k.namespace, 1)
	}
	return yaml, d.Name
}

// The samples become ready, and applying them again changes nothing.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			yaml, name := inNamespace(t, k, sample)
			object := "ollamadeployment/" + name
			assert.Equal(t, "ollamadeployment.llm.geeper.io/"+name+" created\n", k.ok(t, yaml, "apply", "-f", "-"))
			k.ready(t, name)
			assert.Equal(t, "Ready", k.get(t, object, ".status.phase"))
			total := k.get(t, object, ".status.totalReplicas")
			assert.Equal(t, total, k.get(t, object, ".status.readyReplicas"))
			assert.Equal(t, k.get(t, object, ".spec.ollama.replicas"), k.get(t, object, ".status.ollamaStatus.readyReplicas"))
			assert.Equal(t, k.get(t, object, ".metadata.generation"), k.get(t, object, ".status.observedGeneration"))

			line := strings.Fields(strings.Split(k.ok(t, "", "get", "ollamadep", name), "\n")[1])
			assert.Equal(t, []string{name, "Ready", total + "/" + total}, line[:3])

			assert.Equal(t, "ollamadeployment.llm.geeper.io/"+name+" unchanged\n", k.ok(t, yaml, "apply", "-f", "-"))
			k.noDiff(t, yaml)
		})
	}
}

func TestChildrenByLabel(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "tabby")
	k.apply(t, yaml)
	k.ready(t, name)
	got := k.ok(t, "", "get", "all,ingress,configmap,secret", "-l", "ollama-deployment="+name, "-o", "name")
	for _, want := range []string{
		"pod/tabby-example-ollama-", "pod/tabby-example-tabby-",
		"service/tabby-example-ollama", "service/tabby-example-tabby",
		"deployment.apps/tabby-example-ollama", "deployment.apps/tabby-example-tabby",
		"ingress.networking.k8s.io/tabby-example-tabby",
		"configmap/tabby-example-ollama", "configmap/tabby-example-tabby", "secret/tabby-example-tabby",
	} {
		assert.Contains(t, got, want)
	}
	assert.NotContains(t, got, "openwebui")
}

func TestScale(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "minimal")
	k.apply(t, yaml)
	k.ok(t, "", "scale", "ollamadeployment", name, "--replicas=3")
	k.eventually(t, "deployment/"+name+"-ollama", ".status.readyReplicas", "3")
	k.eventually(t, "ollamadeployment/"+name, ".status.ready", "3/3")
	assert.Equal(t, "app.kubernetes.io/component=ollama,ollama-deployment="+name, k.get(t, "ollamadeployment/"+name, ".status.selector"))

	for _, replicas := range []string{"0", "11"} {
		r := k.run(t, "", "scale", "ollamadeployment", name, "--replicas="+replicas)
		assert.Equal(t, 1, r.Code)
		assert.Contains(t, r.Stderr, "spec.ollama.replicas")
	}
	assert.Equal(t, "3", k.get(t, "ollamadeployment/"+name, ".spec.ollama.replicas"))
}

// kubectl explain prints defaults and enums.
func TestExplain(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	for field, want := range map[string]string{
		"ollama.imageTag":               `Defaults to "latest"`,
		"ollama.replicas":               "Defaults to 1",
		"openwebui.image":               `"ghcr.io/open-webui/open-webui"`,
		"tabby.ollamaServicePort":       "Defaults to ollama.service.port",
		"tabby.service.type":            "Defaults to ClusterIP",
		"ollama.service.type":           "ENUM: ClusterIP NodePort LoadBalancer",
		"ollama.settings.contextLength": "Defaults to none, which is Ollama's 4096",
		"ollama.settings.kvCacheType":   "ENUM: f16 q8_0 q4_0",
		"tabby.volumes.configMap":       "configMap represents a configMap that should populate this volume",
	} {
		text := k.ok(t, "", "explain", "ollamadeployment.spec."+field)
		assert.Contains(t, strings.Join(strings.Fields(text), " "), want, field)
	}
}

func TestDefaultsAreStored(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	table := fixtures.Defaults(t)
	k.apply(t, table.Object)
	table.Check(t, []byte(k.ok(t, "", "get", "ollamadeployment", "stack", "-o", "json")))
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	yaml, name := inNamespace(t, k, "minimal")
	stored := k.ok(t, yaml, "apply", "--dry-run=server", "-f", "-", "-o", "jsonpath={.spec.ollama.image}")
	assert.Equal(t, "ollama/ollama", stored, "the defaults are set")
	r := k.run(t, strings.Replace(yaml, "llama2:7b", "llama2", 1), "apply", "--dry-run=server", "-f", "-")
	assert.Equal(t, 1, r.Code)
	assert.False(t, k.exists(t, "ollamadeployment/"+name))
}
