// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A step changes the object as a kind of client does.
type step struct {
	// by is "apply", "server-side", "replace" (a PUT), "force" (delete and create) or "patch"
	// (what Helm and SDKs send).
	by string
	// body is the spec, or of a patch the whole of it.
	body string
	// refused is a part of the error that is expected.
	refused string
}

func (s step) take(t *testing.T, k kubectl) {
	t.Helper()
	object := "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\nspec: " + s.body
	args := map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "--field-manager=team", "-f", "-"},
		"replace":     {"replace", "-f", "-"},
		"patch":       {"patch", "ollamadeployment", "stack", "--type=merge", "-p", s.body},
	}[s.by]
	switch {
	case s.refused != "":
		r := k.run(t, object, args...)
		assert.Equal(t, 1, r.Code)
		assert.Contains(t, r.Stderr, s.refused)
	case s.by == "replace":
		k.replace(t, object)
	case s.by == "force":
		k.ok(t, k.ok(t, "", "get", "ollamadeployment", "stack", "-o", "yaml"), "replace", "--force", "-f", "-")
	default:
		k.ok(t, object, args...)
	}
}

// What is stored after steps of several clients, through the real API server, which
// computes the managed fields that the defaults go by.
func TestUpdates(t *testing.T) {
	t.Parallel()
	const (
		flat   = `{ollama: {models: ["llama2:7b"], imageTag: "1", servicePort: 80, serviceType: LoadBalancer}, openwebui: {ingressEnabled: true, ingressHost: a.example.com}}`
		nested = `{ollama: {models: ["llama2:7b"], imageTag: "1", service: {port: 80, type: LoadBalancer}}, openwebui: {ingress: {enabled: true, host: a.example.com}}}`
		none   = `{ollama: {models: ["llama2:7b"], imageTag: "1"}, openwebui: {enabled: false}}`
		// spelled are the values that both spellings stand for.
		spelled = ".spec.ollama.service.port} {.spec.ollama.service.type} {.spec.openwebui.ingress.enabled} {.spec.openwebui.ingress.host"
		port    = ".spec.ollama.service.port} {.spec.ollama.servicePort} {.spec.tabby.ollamaServicePort"
		amounts = ".spec.ollama.resources.requests.cpu} {.spec.ollama.resources.requests.memory} {.spec.ollama.resources.limits.memory"
		model   = `{ollama: {models: ["llama2:7b"]}, tabby: {enabled: true}}`
	)
	for name, tc := range map[string]struct {
		steps  []step
		values string
		want   string
	}{
		"a patch of the difference between two manifests keeps the values": {
			steps:  []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"servicePort":null,"serviceType":null,"service":{"port":80,"type":"LoadBalancer"}},"openwebui":{"ingressEnabled":null,"ingressHost":null,"ingress":{"enabled":true,"host":"a.example.com"}}}}`}},
			values: spelled, want: "80 LoadBalancer true a.example.com",
		},
		"a patch that only removes keeps the values": {
			steps:  []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"servicePort":null,"serviceType":null},"openwebui":{"ingressEnabled":null,"ingressHost":null}}}`}},
			values: spelled, want: "80 LoadBalancer true a.example.com",
		},
		"a PUT of the migrated object keeps the values":  {steps: []step{{by: "apply", body: flat}, {by: "replace", body: nested}}, values: spelled, want: "80 LoadBalancer true a.example.com"},
		"a PUT with neither spelling":                    {steps: []step{{by: "apply", body: flat}, {by: "replace", body: none}}, values: spelled, want: "11434 ClusterIP false "},
		"apply of the migrated manifest":                 {steps: []step{{by: "apply", body: flat}, {by: "apply", body: nested}}, values: spelled, want: "80 LoadBalancer true a.example.com"},
		"apply with neither spelling":                    {steps: []step{{by: "apply", body: flat}, {by: "apply", body: none}}, values: spelled, want: "11434 ClusterIP false "},
		"server-side apply of the migrated manifest":     {steps: []step{{by: "server-side", body: flat}, {by: "server-side", body: nested}}, values: spelled, want: "80 LoadBalancer true a.example.com"},
		"server-side apply with neither spelling":        {steps: []step{{by: "server-side", body: flat}, {by: "server-side", body: none}}, values: spelled, want: "11434 ClusterIP false "},
		"a patch of what was applied server-side":        {steps: []step{{by: "server-side", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"servicePort":null}}}`}}, values: spelled, want: "80 LoadBalancer true a.example.com"},
		"a replacement takes its deprecated field along": {steps: []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"service":{"port":81}}}}`}}, values: port, want: "81 81 "},
		"what a patch overruled can be created again":    {steps: []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"service":{"port":81}}}}`}, {by: "force"}}, values: port, want: "81 81 "},
		"the manifest puts a deprecated field back":      {steps: []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"service":{"port":81}}}}`}, {by: "apply", body: flat}}, values: port, want: "80 80 "},
		"a manifest that says both": {
			steps:  []step{{by: "apply", body: flat}, {by: "apply", body: strings.Replace(flat, "servicePort: 80", "servicePort: 80, service: {port: 81}", 1), refused: "spec.ollama.servicePort: Invalid value: 80: is deprecated in favor of spec.ollama.service.port, which is 81; remove one of them"}},
			values: port, want: "80 80 ",
		},
		"a server-side apply that says both": {
			steps:  []step{{by: "server-side", body: flat}, {by: "server-side", body: strings.Replace(flat, "servicePort: 80", "servicePort: 80, service: {port: 81}", 1), refused: "spec.ollama.servicePort: Invalid value: 80: is deprecated in favor of spec.ollama.service.port, which is 81; remove one of them"}},
			values: port, want: "80 80 ",
		},

		"a stored value that the manifest takes over stays": {
			steps: []step{
				{by: "apply", body: model},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"]}, tabby: {enabled: true, ollamaServicePort: 11434, modelName: "llama2:7b"}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b", "codellama:13b"], service: {port: 80}}, tabby: {enabled: true, ollamaServicePort: 11434, modelName: "llama2:7b"}}`},
			},
			values: ".spec.tabby.ollamaServicePort} {.spec.tabby.modelName} {.spec.ollama.resources.requests.memory", want: "11434 llama2:7b 10Gi",
		},
		"a limit takes the place of a derived request": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"]}}`}, {by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {limits: {memory: 4Gi}}}}`}},
			values: amounts, want: "500m  4Gi",
		},
		"a limit by server-side apply": {
			steps:  []step{{by: "server-side", body: `{ollama: {models: ["llama2:7b"]}}`}, {by: "server-side", body: `{ollama: {models: ["llama2:7b"], resources: {limits: {memory: 4Gi}}}}`}},
			values: amounts, want: "500m  4Gi",
		},
		"a limit by a patch, and back": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"]}}`}, {by: "patch", body: `{"spec":{"ollama":{"resources":{"limits":{"memory":"4Gi"}}}}}`}, {by: "patch", body: `{"spec":{"ollama":{"resources":{"limits":null}}}}`}},
			values: amounts, want: "500m 6Gi ",
		},
		"a limit below a request that the manifest has": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {requests: {memory: 6Gi}}}}`}, {by: "patch", body: `{"spec":{"ollama":{"resources":{"limits":{"memory":"4Gi"}}}}}`, refused: `spec.ollama.resources.requests[memory]: Invalid value: "6Gi": must be at most the limit of 4Gi`}},
			values: amounts, want: "500m 6Gi ",
		},
		"storage alone keeps the requests": {
			steps: []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`}}, values: amounts, want: "500m 6Gi ",
		},
		"empty resources follow": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {}}}`}, {by: "apply", body: `{ollama: {models: ["llama2:13b"], resources: {}}}`}},
			values: amounts, want: "500m 10Gi ",
		},
		"the port follows to another Ollama and back": {
			steps: []step{
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], service: {port: 80}}, tabby: {enabled: true}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], service: {port: 80}}, tabby: {enabled: true, ollamaServiceName: other}}`},
			},
			values: port, want: "80  11434",
		},
		"a qualified name of the object's own Ollama has its ports": {
			steps: []step{
				{by: "apply", body: model},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], service: {port: 80}}, tabby: {enabled: true, ollamaServicePort: 8000, ollamaServiceName: stack-ollama.NAMESPACE.svc}}`, refused: "spec.tabby.ollamaServicePort: Invalid value: 8000: must be a port of this object's own Ollama Service"},
			},
			values: port, want: "11434  11434",
		},
		"replicas that cannot change are refused with the rest": {
			steps: []step{
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b", "LLAMA2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`, refused: "spec.ollama.models[1]: Duplicate value"},
				{by: "apply", body: `{ollama: {models: ["llama2:7b", "LLAMA2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`, refused: "spec.ollama.replicas: Forbidden: must stay 1"},
			},
			values: ".spec.ollama.replicas", want: "1",
		},
		"what never ran is turned on with any replicas and storage": {
			steps: []step{
				{by: "apply", body: `{ollama: {models: ["llama2:7b"]}, openwebui: {resources: {requests: {storage: 2Gi}}}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}}`},
			},
			values: ".spec.openwebui.replicas} {.spec.openwebui.resources.requests.storage", want: "2 1Gi",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			for _, s := range tc.steps {
				s.body = strings.ReplaceAll(s.body, "NAMESPACE", k.namespace)
				s.take(t, k)
			}
			assert.Equal(t, tc.want, k.get(t, "ollamadeployment/stack", tc.values))
		})
	}
}

// Tabby that is off needs no name to derive its Ollama from.
func TestGeneratedName(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	object := "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {generateName: stack-}\nspec: {ollama: {models: [\"llama2:7b\"]}, tabby: {enabled: false}}"
	name := strings.TrimSpace(k.ok(t, object, "create", "-f", "-", "-o", "name"))
	k.ok(t, "", "wait", "--for=condition=Ready", name, "--timeout="+patience.String())
}
