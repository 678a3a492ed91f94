// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const explained = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama: {models: ["llama2:7b"], replicas: 1, resources: {limits: {cpu: 2000m}}, envVars: [{name: A, value: b}]}
  tabby: {enabled: true}
`

// The sources and managers of values after the requests of each kind of client.
func TestWhy(t *testing.T) {
	t.Parallel()
	clientSide := []string{"apply", "-f", "-"}
	serverSide := []string{"apply", "--server-side", "--field-manager=team", "-f", "-"}
	scaled := strings.Replace(explained, "replicas: 1", "replicas: 2", 1)
	patch := func(t *testing.T, k kubectl, manager, body string) {
		t.Helper()
		k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "--field-manager="+manager, "-p", body)
	}
	const (
		replicas = "spec.ollama.replicas"
		image    = "spec.ollama.image"
		env      = "spec.ollama.envVars[0].value"
		models   = "spec.ollama.models"
		model    = "spec.tabby.modelName"
		port     = "spec.ollama.service.port"
		flatPort = "spec.ollama.servicePort"
		memory   = "spec.ollama.resources.requests[memory]"
		derived  = "derived spec.ollama.models"
	)
	for name, tc := range map[string]struct {
		requests func(*testing.T, kubectl)
		want     map[string]string
	}{
		"apply": {
			func(t *testing.T, k kubectl) { k.ok(t, explained, clientSide...) },
			map[string]string{
				replicas: "user Update kubectl-client-side-apply", models: "user Update kubectl-client-side-apply", env: "user Update kubectl-client-side-apply",
				image: "default Update kubectl-client-side-apply", port: "default", model: derived,
			},
		},
		"apply of a value that is stored": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				k.ok(t, strings.Replace(explained, "enabled: true", `enabled: true, modelName: "llama2:7b"`, 1), clientSide...)
			},
			map[string]string{model: "user (Update kubectl-client-side-apply)", image: "default Update kubectl-client-side-apply"},
		},
		"apply of a value that is removed again": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				k.ok(t, strings.Replace(explained, "replicas: 1, ", "", 1), clientSide...)
			},
			map[string]string{replicas: "default Update kubectl-client-side-apply"},
		},
		"server-side apply": {
			func(t *testing.T, k kubectl) { k.ok(t, explained, serverSide...) },
			map[string]string{replicas: "user Apply team", models: "user Apply team", env: "user Apply team", image: "default", port: "default", model: derived},
		},
		"server-side apply by two": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, serverSide...)
				k.ok(t, explained, "apply", "--server-side", "--field-manager=other", "-f", "-")
			},
			map[string]string{replicas: "user Apply other Apply team", env: "user Apply other Apply team"},
		},
		"create": {
			func(t *testing.T, k kubectl) { k.ok(t, explained, "create", "-f", "-") },
			map[string]string{
				replicas: "default? Update kubectl-create", image: "default? Update kubectl-create", models: "user Update kubectl-create",
				port: "default", model: derived,
			},
		},
		"edit": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				k.edit(t, aliasOf, `"s/replicas: 1/replicas: 2/"`)
			},
			map[string]string{replicas: "user Update kubectl-edit", image: "default Update kubectl-client-side-apply", models: "user Update kubectl-client-side-apply", model: derived},
		},
		// It overwrites the manifest of kubectl apply with the object.
		"edit with a manifest": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				k.edit(t, aliasOf, `"s/replicas: 1/replicas: 2/"`, "--save-config")
			},
			map[string]string{replicas: "user Update kubectl-edit", image: "default? Update kubectl-client-side-apply", models: "user Update kubectl-client-side-apply", model: derived},
		},
		"patch": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				patch(t, k, "kubectl-patch", `{"spec":{"ollama":{"replicas":2},"tabby":{"modelName":"llama2:7b"}}}`)
			},
			map[string]string{replicas: "user Update kubectl-patch", image: "default Update kubectl-client-side-apply", model: derived},
		},
		"PUT": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, "create", "-f", "-")
				k.replace(t, scaled)
			},
			map[string]string{replicas: "user Update kubectl-replace", image: "default? Update kubectl-create", models: "user Update kubectl-create", model: derived},
		},
		// Helm creates the object, and sends the differences between its manifests as a patch.
		"Helm": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, "create", "--field-manager=helm", "-f", "-")
				patch(t, k, "helm", `{"spec":{"ollama":{"replicas":2}}}`)
			},
			map[string]string{replicas: "user Update helm", image: "default? Update helm", models: "user Update helm", model: derived},
		},
		"scale": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				k.ok(t, "", "scale", aliasOf, "--replicas=2")
			},
			map[string]string{replicas: "user Update kubectl scale"},
		},
		"autoscaler": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, serverSide...)
				k.ok(t, "", "autoscale", aliasOf, "--min=2", "--max=3", "--cpu=80%")
				k.eventually(t, aliasOf, ".spec.ollama.replicas", "2")
			},
			map[string]string{replicas: "user Update kube-controller-manager scale"},
		},
		"deprecated field by apply": {
			func(t *testing.T, k kubectl) {
				k.ok(t, strings.Replace(explained, "replicas: 1", "servicePort: 80", 1), clientSide...)
			},
			map[string]string{flatPort: "user Update kubectl-client-side-apply", port: "deprecated " + flatPort},
		},
		"deprecated field by server-side apply": {
			func(t *testing.T, k kubectl) {
				k.ok(t, strings.Replace(explained, "replicas: 1", "servicePort: 80", 1), serverSide...)
			},
			map[string]string{flatPort: "user Apply team", port: "deprecated " + flatPort},
		},
		"deprecated field that follows a patch": {
			func(t *testing.T, k kubectl) {
				k.ok(t, strings.Replace(explained, "replicas: 1", "servicePort: 80", 1), clientSide...)
				patch(t, k, "kubectl-patch", `{"spec":{"ollama":{"service":{"port":81}}}}`)
			},
			map[string]string{flatPort: "deprecated Update kubectl-client-side-apply " + port, port: "user Update kubectl-patch"},
		},
		"deprecated field of a server-side apply that follows a patch": {
			func(t *testing.T, k kubectl) {
				k.ok(t, strings.Replace(explained, "replicas: 1", "servicePort: 80", 1), serverSide...)
				patch(t, k, "kubectl-patch", `{"spec":{"ollama":{"service":{"port":81}}}}`)
			},
			map[string]string{flatPort: "user? Apply team " + port},
		},
		"deprecated field and its replacement": {
			func(t *testing.T, k kubectl) {
				k.ok(t, strings.Replace(explained, "replicas: 1", "servicePort: 80, service: {port: 80}", 1), serverSide...)
			},
			map[string]string{flatPort: "user Apply team", port: "user Apply team"},
		},
		"limit that a derived value depends on": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, clientSide...)
				k.ok(t, strings.Replace(explained, "cpu: 2000m", "cpu: 2000m, memory: 8Gi", 1), clientSide...)
			},
			map[string]string{"spec.ollama.resources.limits[memory]": "user Update kubectl-client-side-apply", memory: ""},
		},
		"deprecated kind": {
			func(t *testing.T, k kubectl) {
				k.ok(t, strings.Replace(explained, "kind: OllamaDeployment", "kind: Deployment", 1), serverSide...)
				k.ok(t, "", "wait", "--for=create", aliasOf, "--timeout="+patience.String())
			},
			map[string]string{replicas: "user Apply team", image: "default", model: derived},
		},
		"kubectl llm": {
			func(t *testing.T, k kubectl) {
				k.ok(t, explained, serverSide...)
				runPlugin(t, "", "models", "stack", "pull", "codellama:7b", "--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace)
			},
			map[string]string{models: "user Update kubectl-llm", model: derived},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			tc.requests(t, k)
			explained := k.why(t, "stack")
			for path, want := range tc.want {
				if want == "" {
					assert.NotContains(t, explained, path)
				} else {
					assert.Equal(t, want, explained[path].String(), path)
				}
			}
			object := aliasOf
			if strings.HasPrefix(name, "deprecated kind") {
				object = alias
			}
			assertManaged(t, k, object, explained)
		})
	}
}
