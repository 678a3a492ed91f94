// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mapKey matches the key of a map in a path.
var mapKey = regexp.MustCompile(`\[([a-z]+)\]`)

// deprecatedField matches the paths of deprecated fields.
var deprecatedField = regexp.MustCompile(`\.(service|ingress)[A-Z]`)

// What a value would be if it was removed is what the API server says. Deprecated fields are removed with
// their replacements by an apply, but not by the patch of this test.
func TestWhyIfRemoved(t *testing.T) {
	t.Parallel()
	const object = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  security: {profile: Restricted}
  ollama: {models: ["llama2:7b", "codellama:13b"], replicas: 2, servicePort: 80, resources: {limits: {cpu: 2000m, memory: 9Gi}, requests: {memory: 8Gi}}, envVars: [{name: A, value: b}, {name: B, value: c}]}
  openwebui: {enabled: true, ingressEnabled: true, ingressHost: a.example.com, service: {type: NodePort}}
  tabby: {enabled: true, modelName: "llama2:7b"}
`
	for name, args := range map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "-f", "-"},
		"create":      {"create", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.ok(t, object, args...)
			explained := k.why(t, "stack")
			assert.Greater(t, len(explained), 30)
			for _, path := range slices.Sorted(maps.Keys(explained)) {
				e := explained[path]
				if deprecatedField.MatchString(path) && args[0] == "apply" {
					continue
				}
				pointer := "/" + strings.NewReplacer("/", "~1", ".", "/", "[", "/", "]", "").Replace(path)
				r := k.run(t, "", "patch", aliasOf, "--dry-run=server", "--type=json", "-p", `[{"op":"remove","path":"`+pointer+`"}]`, "-o", "jsonpath={."+mapKey.ReplaceAllString(path, ".$1")+"}")
				switch e.IfRemoved.Result {
				case "refused":
					assert.Equal(t, 1, r.Code, path)
					for _, message := range e.IfRemoved.Errors {
						parts := strings.SplitN(message, ": ", 3) // the API server has its own details of required values
						assert.Contains(t, r.Stderr, parts[0]+": "+parts[1])
					}
				case "unset":
					assert.Zero(t, r.Code, path+": "+r.Stderr)
					assert.Empty(t, r.Stdout, path)
				default:
					want, isText := e.IfRemoved.Value.(string)
					if !isText {
						text, err := json.Marshal(e.IfRemoved.Value)
						require.NoError(t, err)
						want = string(text)
					}
					assert.Zero(t, r.Code, path+": "+r.Stderr)
					assert.Equal(t, want, r.Stdout, path)
				}
			}
		})
	}
}

// Fields that follow a removed one are what the same client then gets.
func TestWhyChanges(t *testing.T) {
	t.Parallel()
	with := strings.Replace(explained, "replicas: 1", "servicePort: 80", 1)
	for name, args := range map[string][]string{
		"apply":       {"apply", "-f", "-"},
		"server-side": {"apply", "--server-side", "-f", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			k.ok(t, with, args...)
			said := map[string]any{}
			for _, change := range k.why(t, "stack", ".spec.ollama.servicePort")["spec.ollama.servicePort"].IfRemoved.Changes {
				said[change.Path] = change.Value
			}
			assert.Equal(t, map[string]any{"spec.ollama.service.port": 11434.0, "spec.tabby.ollamaServicePort": 11434.0}, said)
			k.ok(t, strings.Replace(with, "servicePort: 80, ", "", 1), args...)
			assert.Equal(t, "11434  11434", k.get(t, aliasOf, ports))

			k.ok(t, with+"  openwebui: {ingressEnabled: true, ingressHost: a.example.com}\n", args...)
			removal := k.why(t, "stack", "openwebui.ingressHost")["spec.openwebui.ingressHost"].IfRemoved
			assert.Equal(t, "refused", removal.Result)
			r := k.run(t, with+"  openwebui: {ingressEnabled: true}\n", args...)
			assert.Equal(t, 1, r.Code)
			for _, message := range removal.Errors {
				assert.Contains(t, r.Stderr, message)
			}
		})
	}
}
