// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestDefaultsOfTheReference(t *testing.T) {
	t.Parallel()
	table := fixtures.Defaults(t)
	object, err := json.Marshal(fixtures.Defaulted(fixtures.Parse(t, table.Object)))
	require.NoError(t, err)
	table.Check(t, object)
}

func TestDefaultPreservesWhatIsSet(t *testing.T) {
	t.Parallel()
	d := fixtures.Parse(t, `
metadata: {name: stack}
spec:
  ollama:
    models: ["llama2:7b"]
    replicas: 0
    image: a
    imageTag: b
    modelUpdatePolicy: Daily
    modelRemovalPolicy: Keep
    resources: {requests: {memory: 1Gi}, limits: {cpu: "1"}}
    service: {type: NodePort, port: 1}
  openwebui:
    enabled: true
    replicas: 0
    image: c
    imageTag: d
    service: {type: LoadBalancer, port: 2}
    ingress: {enabled: true, host: e}
  tabby:
    enabled: true
    replicas: 0
    image: f
    imageTag: g
    service: {type: LoadBalancer, port: 3}
    ingress: {enabled: true}
    ollamaServiceName: h
    ollamaServicePort: 4
    modelName: i
`)
	assert.Equal(t, d.DeepCopy(), fixtures.Defaulted(d))
}

func TestDefaultPreservesAbsentComponents(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "minimal"))
	assert.Nil(t, d.Spec.OpenWebUI)
	assert.Nil(t, d.Spec.Tabby)
}

func TestDefaultIsIdempotent(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Samples() {
		d := fixtures.Defaulted(fixtures.Sample(t, name))
		assert.True(t, d.Defaulted(), name)
		assert.Equal(t, d.DeepCopy(), fixtures.Defaulted(d), name)
	}
	assert.NotPanics(t, func() { fixtures.Defaulted(&v1alpha1.OllamaDeployment{}) })
	assert.False(t, fixtures.Sample(t, "minimal").Defaulted())
}

func TestDefaultSharesNoPointers(t *testing.T) {
	t.Parallel()
	one, other := fixtures.Defaulted(fixtures.Sample(t, "tabby")), fixtures.Defaulted(fixtures.Sample(t, "tabby"))
	*one.Spec.Tabby.Replicas = 3
	*one.Spec.Tabby.Service.Port = 3
	*one.Spec.Tabby.OllamaServicePort = 3
	assert.Equal(t, int32(1), *one.Spec.Ollama.Replicas)
	assert.Equal(t, int32(11434), *one.Spec.Ollama.Service.Port)
	assert.Equal(t, int32(1), *other.Spec.Tabby.Replicas)
}

func TestResourcesDefault(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ ollama, want string }{
		"uses the largest model":                    {`{models: ["llama2:7b", "llama2:13b", "tiny:latest"]}`, `{"requests":{"cpu":"500m","memory":"10Gi"}}`},
		"uses 2Gi when no tag has a size":           {`{models: ["mistral:latest"]}`, `{"requests":{"cpu":"500m","memory":"2Gi"}}`},
		"requests less for a small model":           {`{models: ["smollm2:135m"]}`, `{"requests":{"cpu":"500m","memory":"1Gi"}}`},
		"treats empty resources as unset":           {`{models: ["llama2:7b"], resources: {}}`, `{"requests":{"cpu":"500m","memory":"6Gi"}}`},
		"omits the request that has a limit":        {`{models: ["llama2:7b"], resources: {limits: {cpu: "1"}}}`, `{"limits":{"cpu":"1"},"requests":{"memory":"6Gi"}}`},
		"omits both requests when both have limits": {`{models: ["llama2:7b"], resources: {limits: {cpu: "1", memory: 4Gi}}}`, `{"limits":{"cpu":"1","memory":"4Gi"}}`},
		"adds the requests to storage":              {`{models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}`, `{"requests":{"cpu":"500m","memory":"6Gi","storage":"1Gi"}}`},
		"preserves a request that is set":           {`{models: ["llama2:7b"], resources: {requests: {memory: 1Gi}}}`, `{"requests":{"cpu":"500m","memory":"1Gi"}}`},
		"treats empty limits and requests as unset": {`{models: ["llama2:7b"], resources: {limits: {}, requests: {}}}`, `{"requests":{"cpu":"500m","memory":"6Gi"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, "spec: {ollama: "+tc.ollama+"}"))
			got, err := json.Marshal(d.Spec.Ollama.Resources)
			require.NoError(t, err)
			assert.JSONEq(t, tc.want, string(got))
		})
	}
}

func TestTabbyModelDefault(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ models, want string }{
		"prefers the first code model":                 {`["llama2:7b", "qwen2.5-coder:7b", "codellama:7b"]`, "qwen2.5-coder:7b"},
		"prefers starcoder":                            {`["llama2:7b", "starcoder2:3b"]`, "starcoder2:3b"},
		"prefers codestral":                            {`["llama2:7b", "codestral:22b"]`, "codestral:22b"},
		"prefers a code model with a namespace":        {`["llama2:7b", "me/deepseek-coder:6.7b"]`, "me/deepseek-coder:6.7b"},
		"uses the first model without a code model":    {`["llama2:7b", "mistral:7b"]`, "llama2:7b"},
		"skips an embedding model":                     {`["nomic-embed-text:latest", "mistral:7b"]`, "mistral:7b"},
		"skips an embedding model for code":            {`["nomic-embed-code:latest", "mistral:7b"]`, "mistral:7b"},
		"uses an embedding model if there is no other": {`["nomic-embed-text:latest"]`, "nomic-embed-text:latest"},
		"ignores the namespace":                        {`["codes/llama2:7b", "mistral:7b"]`, "codes/llama2:7b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, "spec: {ollama: {models: "+tc.models+"}, tabby: {}}"))
			assert.Equal(t, v1alpha1.OllamaModel(tc.want), *d.Spec.Tabby.ModelName)
		})
	}
}

func TestTabbyServiceNameNeedsAName(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {generateName: stack-}, spec: {ollama: {models: ["llama2:7b"]}, tabby: {}}}`))
	assert.Nil(t, d.Spec.Tabby.OllamaServiceName)
}
