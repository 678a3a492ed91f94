// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// For an update that does not change the spec, the API server calls the mutating webhook only if a
// default is missing, so that such updates work while the operator is down. The test removes each
// value of a defaulted object in turn.
func TestMatchConditionsKnowEveryDefault(t *testing.T) {
	t.Parallel()
	called := matchConditions(t, "MutatingWebhookConfiguration")
	full := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], serviceType: NodePort, servicePort: 80}
  openwebui: {serviceType: NodePort, servicePort: 80, ingressEnabled: true, ingressHost: a.example.com}
  tabby: {serviceType: NodePort, servicePort: 80, ingressEnabled: true, ingressHost: b.example.com}
`))
	object := fixtures.ToMap(t, full)
	require.False(t, called(object, object), "a defaulted object")
	needed := 0
	for _, path := range paths(object["spec"], []string{"spec"}) {
		without := without(object, path)
		d := &v1alpha1.OllamaDeployment{}
		data, err := yaml.Marshal(without)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(data, d))
		if d.Defaulted() || schemaHas(path) {
			continue
		}
		needed++
		assert.True(t, called(without, without), "%v is defaulted by the webhook only", path)
	}
	assert.Greater(t, needed, 15)
}

// schemaHas reports whether the CRD schema requires the field, or defaults it when the object is read.
func schemaHas(path []string) bool {
	return len(path) < 3 && path[len(path)-1] != "tabby" && path[len(path)-1] != "openwebui" ||
		len(path) == 3 && slices.Contains([]string{"models", "replicas", "image", "imageTag", "enabled", "modelUpdatePolicy", "modelRemovalPolicy"}, path[2])
}

// matchConditions returns a function that reports whether all match conditions of the webhook are true.
func matchConditions(t *testing.T, kind string) func(object, old map[string]any) bool {
	t.Helper()
	file, err := os.Open("../config/webhook/manifests.yaml")
	require.NoError(t, err)
	defer file.Close()
	var config admissionregistrationv1.MutatingWebhookConfiguration
	documents := utilyaml.NewYAMLOrJSONDecoder(file, 4096)
	for config.Kind != kind {
		require.NoError(t, documents.Decode(&config))
	}
	require.Len(t, config.Webhooks, 1)
	env, err := cel.NewEnv(cel.Variable("object", cel.DynType), cel.Variable("oldObject", cel.DynType))
	require.NoError(t, err)
	var programs []cel.Program
	for _, condition := range config.Webhooks[0].MatchConditions {
		ast, issues := env.Compile(condition.Expression)
		require.NoError(t, issues.Err())
		program, err := env.Program(ast)
		require.NoError(t, err)
		programs = append(programs, program)
	}
	return func(object, old map[string]any) bool {
		for _, program := range programs {
			value, _, err := program.Eval(map[string]any{"object": object, "oldObject": old})
			require.NoError(t, err)
			if value.Value() != true {
				return false
			}
		}
		return true
	}
}

// paths returns the paths of all members of nested maps.
func paths(value any, path []string) [][]string {
	members, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	var out [][]string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		below := append(slices.Clone(path), name)
		out = append(out, below)
		out = append(out, paths(members[name], below)...)
	}
	return out
}

// without returns a copy of nested maps that lacks the member at path.
func without(object map[string]any, path []string) map[string]any {
	out := maps.Clone(object)
	if len(path) == 1 {
		delete(out, path[0])
	} else if below, ok := out[path[0]].(map[string]any); ok {
		out[path[0]] = without(below, path[1:])
	}
	return out
}
