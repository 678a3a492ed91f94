// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A step is a request of a client that changes the object.
type step struct {
	// by is "apply", "server-side" (apply), "replace" (PUT), "force" (delete and create) or "patch" (as
	// Helm and SDKs send).
	by string
	// body is the spec, or the whole patch.
	body string
	// rejected is a part of the expected error; empty means success.
	rejected string
}

func (s step) run(t *testing.T, k kubectl) {
	t.Helper()
	object := "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\nspec: " + s.body
	args := map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "--field-manager=team", "-f", "-"},
		"replace":     {"replace", "-f", "-"},
		"patch":       {"patch", "ollamadeployment", "stack", "--type=merge", "-p", s.body},
	}[s.by]
	switch {
	case s.rejected != "":
		r := k.run(t, object, args...)
		assert.Equal(t, 1, r.Code)
		assert.Contains(t, r.Stderr, s.rejected)
	case s.by == "replace":
		k.replace(t, object)
	case s.by == "force":
		k.ok(t, k.ok(t, "", "get", "ollamadeployment", "stack", "-o", "yaml"), "replace", "--force", "-f", "-")
	default:
		k.ok(t, object, args...)
	}
}

// An updateCase is a row of the tests of updates by several clients: the steps, and the values that are
// stored after them. The API server computes the field managers that defaulting depends on.
type updateCase struct {
	steps  []step
	values string
	want   string
}

func testUpdates(t *testing.T, cases map[string]updateCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			for _, s := range tc.steps {
				s.body = strings.ReplaceAll(s.body, "NAMESPACE", k.namespace)
				s.run(t, k)
			}
			assert.Equal(t, tc.want, k.get(t, "ollamadeployment/stack", tc.values))
		})
	}
}

// Specs with deprecated fields, with their replacements, and with neither.
const (
	flat   = `{ollama: {models: ["llama2:7b"], imageTag: "1", servicePort: 80, serviceType: LoadBalancer}, openwebui: {ingressEnabled: true, ingressHost: a.example.com}}`
	nested = `{ollama: {models: ["llama2:7b"], imageTag: "1", service: {port: 80, type: LoadBalancer}}, openwebui: {ingress: {enabled: true, host: a.example.com}}}`
	none   = `{ollama: {models: ["llama2:7b"], imageTag: "1"}, openwebui: {enabled: false}}`
)

// Paths of the values that are compared.
const (
	serviceAndIngress = ".spec.ollama.service.port} {.spec.ollama.service.type} {.spec.openwebui.ingress.enabled} {.spec.openwebui.ingress.host"
	ports             = ".spec.ollama.service.port} {.spec.ollama.servicePort} {.spec.tabby.ollamaServicePort"
	memory            = ".spec.ollama.resources.requests.cpu} {.spec.ollama.resources.requests.memory} {.spec.ollama.resources.limits.memory"
)

// Removing deprecated fields preserves their values unless the manifest has neither field.
func TestDeprecatedFieldsAreReplaced(t *testing.T) {
	t.Parallel()
	testUpdates(t, map[string]updateCase{
		"patch with the replacements": {
			steps:  []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"servicePort":null,"serviceType":null,"service":{"port":80,"type":"LoadBalancer"}},"openwebui":{"ingressEnabled":null,"ingressHost":null,"ingress":{"enabled":true,"host":"a.example.com"}}}}`}},
			values: serviceAndIngress, want: "80 LoadBalancer true a.example.com",
		},
		"patch without the replacements": {
			steps:  []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"servicePort":null,"serviceType":null},"openwebui":{"ingressEnabled":null,"ingressHost":null}}}`}},
			values: serviceAndIngress, want: "80 LoadBalancer true a.example.com",
		},
		"patch after server-side apply":           {steps: []step{{by: "server-side", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"servicePort":null}}}`}}, values: serviceAndIngress, want: "80 LoadBalancer true a.example.com"},
		"PUT with the replacements":               {steps: []step{{by: "apply", body: flat}, {by: "replace", body: nested}}, values: serviceAndIngress, want: "80 LoadBalancer true a.example.com"},
		"PUT with neither":                        {steps: []step{{by: "apply", body: flat}, {by: "replace", body: none}}, values: serviceAndIngress, want: "11434 ClusterIP false "},
		"apply with the replacements":             {steps: []step{{by: "apply", body: flat}, {by: "apply", body: nested}}, values: serviceAndIngress, want: "80 LoadBalancer true a.example.com"},
		"apply with neither":                      {steps: []step{{by: "apply", body: flat}, {by: "apply", body: none}}, values: serviceAndIngress, want: "11434 ClusterIP false "},
		"server-side apply with the replacements": {steps: []step{{by: "server-side", body: flat}, {by: "server-side", body: nested}}, values: serviceAndIngress, want: "80 LoadBalancer true a.example.com"},
		"server-side apply with neither":          {steps: []step{{by: "server-side", body: flat}, {by: "server-side", body: none}}, values: serviceAndIngress, want: "11434 ClusterIP false "},
	})
}

// Deprecated fields and their replacements do not diverge.
func TestDeprecatedFieldsAndReplacements(t *testing.T) {
	t.Parallel()
	testUpdates(t, map[string]updateCase{
		"patch of the replacement":                       {steps: []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"service":{"port":81}}}}`}}, values: ports, want: "81 81 "},
		"created again after a patch of the replacement": {steps: []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"service":{"port":81}}}}`}, {by: "force"}}, values: ports, want: "81 81 "},
		"apply after a patch of the replacement":         {steps: []step{{by: "apply", body: flat}, {by: "patch", body: `{"spec":{"ollama":{"service":{"port":81}}}}`}, {by: "apply", body: flat}}, values: ports, want: "80 80 "},
		"apply with a conflict": {
			steps:  []step{{by: "apply", body: flat}, {by: "apply", body: strings.Replace(flat, "servicePort: 80", "servicePort: 80, service: {port: 81}", 1), rejected: "spec.ollama.servicePort: Invalid value: 80: is deprecated in favor of spec.ollama.service.port, which is 81; remove one of them"}},
			values: ports, want: "80 80 ",
		},
		"server-side apply with a conflict": {
			steps:  []step{{by: "server-side", body: flat}, {by: "server-side", body: strings.Replace(flat, "servicePort: 80", "servicePort: 80, service: {port: 81}", 1), rejected: "spec.ollama.servicePort: Invalid value: 80: is deprecated in favor of spec.ollama.service.port, which is 81; remove one of them"}},
			values: ports, want: "80 80 ",
		},
	})
}

func TestUpdatesOfResources(t *testing.T) {
	t.Parallel()
	testUpdates(t, map[string]updateCase{
		"limit replaces a derived request": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"]}}`}, {by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {limits: {memory: 4Gi}}}}`}},
			values: memory, want: "500m  4Gi",
		},
		"limit by server-side apply": {
			steps:  []step{{by: "server-side", body: `{ollama: {models: ["llama2:7b"]}}`}, {by: "server-side", body: `{ollama: {models: ["llama2:7b"], resources: {limits: {memory: 4Gi}}}}`}},
			values: memory, want: "500m  4Gi",
		},
		"limit that a patch sets and removes": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"]}}`}, {by: "patch", body: `{"spec":{"ollama":{"resources":{"limits":{"memory":"4Gi"}}}}}`}, {by: "patch", body: `{"spec":{"ollama":{"resources":{"limits":null}}}}`}},
			values: memory, want: "500m 6Gi ",
		},
		"limit below the request in the manifest": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {requests: {memory: 6Gi}}}}`}, {by: "patch", body: `{"spec":{"ollama":{"resources":{"limits":{"memory":"4Gi"}}}}}`, rejected: `spec.ollama.resources.requests[memory]: Invalid value: "6Gi": must be at most the limit of 4Gi`}},
			values: memory, want: "500m 6Gi ",
		},
		"requests are added to storage": {
			steps: []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 1Gi}}}}`}}, values: memory, want: "500m 6Gi ",
		},
		"empty resources are derived again": {
			steps:  []step{{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {}}}`}, {by: "apply", body: `{ollama: {models: ["llama2:13b"], resources: {}}}`}},
			values: memory, want: "500m 10Gi ",
		},
	})
}

func TestUpdatesOfTabby(t *testing.T) {
	t.Parallel()
	const model = `{ollama: {models: ["llama2:7b"]}, tabby: {enabled: true}}`
	testUpdates(t, map[string]updateCase{
		"preserves values that were added to the manifest": {
			steps: []step{
				{by: "apply", body: model},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"]}, tabby: {enabled: true, ollamaServicePort: 11434, modelName: "llama2:7b"}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b", "codellama:13b"], service: {port: 80}}, tabby: {enabled: true, ollamaServicePort: 11434, modelName: "llama2:7b"}}`},
			},
			values: ".spec.tabby.ollamaServicePort} {.spec.tabby.modelName} {.spec.ollama.resources.requests.memory", want: "11434 llama2:7b 10Gi",
		},
		"port of another Ollama": {
			steps: []step{
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], service: {port: 80}}, tabby: {enabled: true}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], service: {port: 80}}, tabby: {enabled: true, ollamaServiceName: other}}`},
			},
			values: ports, want: "80  11434",
		},
		"port of the own Ollama by a qualified name": {
			steps: []step{
				{by: "apply", body: model},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], service: {port: 80}}, tabby: {enabled: true, ollamaServicePort: 8000, ollamaServiceName: stack-ollama.NAMESPACE.svc}}`, rejected: "spec.tabby.ollamaServicePort: Invalid value: 8000: must be a port of this object's own Ollama Service"},
			},
			values: ports, want: "11434  11434",
		},
	})
}

func TestUpdatesOfReplicasAndStorage(t *testing.T) {
	t.Parallel()
	testUpdates(t, map[string]updateCase{
		"replicas are rejected together with other errors": {
			steps: []step{
				{by: "apply", body: `{ollama: {models: ["llama2:7b"], resources: {requests: {storage: 2Gi}}}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b", "LLAMA2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`, rejected: "spec.ollama.models[1]: Duplicate value"},
				{by: "apply", body: `{ollama: {models: ["llama2:7b", "LLAMA2:7b"], replicas: 2, resources: {requests: {storage: 1Gi}}}}`, rejected: "spec.ollama.replicas: Forbidden: must stay 1"},
			},
			values: ".spec.ollama.replicas", want: "1",
		},
		"replicas and storage of a component that was never enabled": {
			steps: []step{
				{by: "apply", body: `{ollama: {models: ["llama2:7b"]}, openwebui: {resources: {requests: {storage: 2Gi}}}}`},
				{by: "apply", body: `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, replicas: 2, resources: {requests: {storage: 1Gi}}}}`},
			},
			values: ".spec.openwebui.replicas} {.spec.openwebui.resources.requests.storage", want: "2 1Gi",
		},
	})
}

// A disabled Tabby does not require a name, which its Ollama's is derived from.
func TestGeneratedName(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	object := "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {generateName: stack-}\nspec: {ollama: {models: [\"llama2:7b\"]}, tabby: {enabled: false}}"
	name := strings.TrimSpace(k.ok(t, object, "create", "-f", "-", "-o", "name"))
	k.ok(t, "", "wait", "--for=condition=Ready", name, "--timeout="+patience.String())
}
