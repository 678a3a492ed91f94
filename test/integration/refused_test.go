// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// rejectedSpecs has invalid specs and a part of their error.
var rejectedSpecs = map[string]struct {
	spec string
	want string
}{
	"replicas 0":           {`{ollama: {models: ["llama2:7b"], replicas: 0}}`, "spec.ollama.replicas: Invalid value: 0: must be at least 1"},
	"replicas 11":          {`{ollama: {models: ["llama2:7b"], replicas: 11}}`, "spec.ollama.replicas: Invalid value: 11: must be at most 10"},
	"openwebui replicas 6": {`{ollama: {models: ["llama2:7b"]}, openwebui: {replicas: 6}}`, "spec.openwebui.replicas: Invalid value: 6: must be at most 5"},
	"port 0":               {`{ollama: {models: ["llama2:7b"], service: {port: 0}}}`, "spec.ollama.service.port: Invalid value: 0: must be at least 1"},
	"port 65536":           {`{ollama: {models: ["llama2:7b"], service: {port: 65536}}}`, "spec.ollama.service.port: Invalid value: 65536: must be at most 65535"},
	"unknown service type": {`{ollama: {models: ["llama2:7b"], service: {type: Nope}}}`, `spec.ollama.service.type: Unsupported value: "Nope": supported values: "ClusterIP", "NodePort", "LoadBalancer"`},
	"missing models":       {`{ollama: {}}`, "spec.ollama.models: Required value: must be set"},
	"empty models":         {`{ollama: {models: []}}`, "spec.ollama.models: Required value: must have at least 1 entry"},
	"missing ollama":       {`{}`, "spec.ollama.models: Required value: must be set"},
	"model without tag":    {`{ollama: {models: [llama2]}}`, `spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`},
	"model with space":     {`{ollama: {models: ["a b:c"]}}`, `spec.ollama.models[0]: Invalid value: "a b:c": must be a model`},
	"model as command":     {`{ollama: {models: ["x; rm -rf /:1"]}}`, `spec.ollama.models[0]: Invalid value: "x; rm -rf /:1": must be a model`},
	"ingress without host": {`{ollama: {models: ["llama2:7b"]}, tabby: {ingress: {enabled: true}}}`, "spec.tabby.ingress.host: Required value: must be set when the ingress is enabled"},
	"unknown field":        {`{ollama: {modles: ["llama2:7b"]}}`, `strict decoding error: unknown field "spec.ollama.modles"`},
	"invalid quantity":     {`{ollama: {models: ["llama2:7b"], resources: {requests: {memory: lots}}}}`, `spec.ollama.resources.requests[memory]: Invalid value: "lots": must be a quantity`},
	"string for a number":  {`{ollama: {models: ["llama2:7b"], replicas: two}}`, `spec.ollama.replicas: Invalid value: "two": must be an integer`},
	"string for the spec":  {`hello`, `spec: Invalid value: "hello": must be an object`},
}

// Errors have the path of the field, and the object is not stored.
func TestRejectedSpecs(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	for name, tc := range rejectedSpecs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := strings.ReplaceAll(name, " ", "-")
			yaml := "{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: " + object + "}, spec: " + tc.spec + "}"
			r := k.run(t, yaml, "apply", "-f", "-")
			assert.Equal(t, 1, r.Code, r.Stdout)
			assert.Contains(t, r.Stderr, tc.want)
			assert.False(t, k.exists(t, "ollamadeployment/"+object))
		})
	}
}
