// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// A typeCase is a row of the tests of values of the wrong type: a spec and its errors.
type typeCase struct {
	spec string
	want []string
}

// testTypes asserts that the mutating webhook reports all errors of a spec, and the validating
// webhook at least those.
func testTypes(t *testing.T, cases map[string]typeCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := review(t, Mutating(validation.Options{}), header+"spec: "+tc.spec, "")
			assert.Equal(t, len(tc.want) == 0, response.Allowed)
			if len(tc.want) == 0 {
				return
			}
			assert.Equal(t, tc.want, messages(response))
			assert.Subset(t, messages(review(t, Validating(validation.Options{}), header+"spec: "+tc.spec, "")), tc.want)
		})
	}
}

// Values that need quotes, or have too many, are reported with the errors of the rules.
func TestTypesQuotes(t *testing.T) {
	t.Parallel()
	testTypes(t, map[string]typeCase{
		"fractions": {
			`{ollama: {models: [llama2], imageTag: 0.32, resources: {limits: {cpu: 0.5}}}, openwebui: {ingress: {enabled: true}}}`,
			[]string{
				`spec.ollama.imageTag: Invalid value: 0.32: write it in quotes: "0.32"`,
				`spec.ollama.resources.limits[cpu]: Invalid value: 0.5: write it in quotes: "0.5"`,
				`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`,
				`spec.openwebui.ingress.host: Required value: must be set when the ingress is enabled, for example "chat.example.com"`,
			},
		},
		"number in a list of strings": {
			`{ollama: {models: [7, "a b"]}}`,
			[]string{
				`spec.ollama.models[0]: Invalid value: 7: write it in quotes: "7"`,
				`spec.ollama.models[1]: Invalid value: "a b": must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'`,
			},
		},
		"boolean instead of a string": {
			`{ollama: {models: ["a:1"]}, openwebui: {ingress: {annotations: {a: true}}}}`,
			[]string{`spec.openwebui.ingress.annotations[a]: Invalid value: true: write it in quotes: "true"`},
		},
		"numbers and booleans in quotes": {
			`{ollama: {models: ["a:1"], replicas: "20"}, tabby: {enabled: "true", modelName: 2}}`,
			[]string{
				`spec.ollama.replicas: Invalid value: "20": write it without quotes: 20`,
				`spec.tabby.enabled: Invalid value: "true": write it without quotes: true`,
				`spec.tabby.modelName: Invalid value: 2: write it in quotes: "2"`,
			},
		},
		"fields of Kubernetes' own types": {
			`{ollama: {models: ["a:1"]}, tabby: {envVars: [{name: PORT_NAME, value: 8080}], volumes: [{name: a, emptyDir: {sizeLimit: 1.5}}]}}`,
			[]string{
				`spec.tabby.envVars[0].value: Invalid value: 8080: write it in quotes: "8080"`,
				`spec.tabby.volumes[0].emptyDir.sizeLimit: Invalid value: 1.5: write it in quotes: "1.5"`,
			},
		},
	})
}

// A whole number is a valid quantity, as in the CRD schema.
func TestTypesNumbers(t *testing.T) {
	t.Parallel()
	testTypes(t, map[string]typeCase{
		"accepts whole numbers as quantities": {spec: `{ollama: {models: ["llama2:7b"], resources: {limits: {cpu: 1, memory: 8589934592}}}}`},
		"invalid numbers": {
			`{ollama: {models: ["a:1"], replicas: two, servicePort: 1.5, service: {port: 99999999999}}}`,
			[]string{
				`spec.ollama.replicas: Invalid value: "two": must be an integer`,
				`spec.ollama.service.port: Invalid value: 99999999999: must be a 32-bit integer`,
				`spec.ollama.servicePort: Invalid value: 1.5: must be an integer`,
			},
		},
		"user that is too large": {
			`{ollama: {models: [llama2]}, security: {profile: Restricted, runAsUser: 3000000000}}`,
			[]string{
				`spec.security.runAsUser: Invalid value: 3000000000: must be a 32-bit integer`,
				`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`,
			},
		},
		"user that is no number": {
			`{ollama: {models: ["a:1"]}, security: {profile: Restricted, runAsUser: true}}`,
			[]string{`spec.security.runAsUser: Invalid value: true: must be a number or a string, not a boolean`},
		},
		"numbers that Go parses and JSON does not": {
			`{ollama: {models: ["a:1"], replicas: "inf", servicePort: "0x1p4"}}`,
			[]string{
				`spec.ollama.replicas: Invalid value: "inf": must be an integer`,
				`spec.ollama.servicePort: Invalid value: "0x1p4": must be an integer`,
			},
		},
		"invalid quantities": {
			`{ollama: {models: ["a:1"], resources: {limits: {memory: 1e3.5, cpu: "0,5", storage: 8GB}, requests: {memory: 8gib, storage: [8Gi]}}}}`,
			[]string{
				`spec.ollama.resources.limits[cpu]: Invalid value: "0,5": must be a quantity such as "500m", "2" or "8Gi"`,
				`spec.ollama.resources.limits[memory]: Invalid value: "1e3.5": must be a quantity such as "500m", "2" or "8Gi"`,
				`spec.ollama.resources.limits[storage]: Invalid value: "8GB": must be a quantity such as "500m", "2" or "8Gi"; did you mean "8G"?`,
				`spec.ollama.resources.requests[memory]: Invalid value: "8gib": must be a quantity such as "500m", "2" or "8Gi"; did you mean "8Gi"?`,
				`spec.ollama.resources.requests[storage]: Invalid value: "array": must be a quantity such as "500m", "2" or "8Gi"`,
			},
		},
	})
}

func TestTypesShapes(t *testing.T) {
	t.Parallel()
	testTypes(t, map[string]typeCase{
		"null in a list": {
			`{ollama: {models: ["a:1", null]}, tabby: {volumes: [null]}}`,
			[]string{"spec.ollama.models[1]: Invalid value: null: must not be null", "spec.tabby.volumes[0]: Invalid value: null: must not be null"},
		},
		"single value instead of a list": {
			`{ollama: {models: "llama2:7b"}, tabby: {envVars: {a: b}}}`,
			[]string{
				`spec.ollama.models: Invalid value: "llama2:7b": must be a list, not a string; write it after "-"`,
				`spec.tabby.envVars: Invalid value: "object": must be a list, not an object; write it after "-"`,
			},
		},
		"string instead of an object": {
			`{ollama: {models: ["a:1"]}, tabby: true, openwebui: "on"}`,
			[]string{
				`spec.openwebui: Invalid value: "on": must be an object with fields, not a string`,
				`spec.tabby: Invalid value: true: must be an object with fields, not a boolean`,
			},
		},
		"string instead of the spec": {`hello`, []string{`spec: Invalid value: "hello": must be an object with fields, not a string`}},
	})
}

func messages(response admission.Response) []string {
	var out []string
	for _, cause := range response.Result.Details.Causes {
		out = append(out, cause.Field+": "+cause.Message)
	}
	return out
}

// Admission ignores the status, which only the operator writes.
func TestInvalidStatusIsIgnored(t *testing.T) {
	t.Parallel()
	for _, status := range []string{`none`, `{phase: 1}`, `{ready: 1.5}`} {
		response := review(t, Mutating(validation.Options{}), header+"spec: {ollama: {models: [\"a:1\"]}}\nstatus: "+status, "")
		assert.True(t, response.Allowed, status)
		assert.NotEmpty(t, response.Patches, status)
	}
}

// An object that was stored without admission and cannot be decoded can be repaired and deleted.
func TestUpdateOfUndecodableObject(t *testing.T) {
	t.Parallel()
	const stored = header + `spec: {ollama: {models: ["a:1"], resources: {limits: {memory: 1e3.5}}}}`
	const repaired = header + `spec: {ollama: {models: ["a:1"], resources: {limits: {memory: 4Gi}}}}`
	for name, hook := range map[string]func(validation.Options) *admission.Webhook{"mutating": Mutating, "validating": Validating} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.True(t, review(t, hook(validation.Options{}), repaired, stored).Allowed)
			response := review(t, hook(validation.Options{}), stored, stored)
			require.False(t, response.Allowed)
			assert.EqualValues(t, 422, response.Result.Code)
			assert.Equal(t, []string{"spec.ollama.resources.limits[memory]"}, causes(response))
			deleted := strings.Replace(stored, "name: stack", `name: stack, deletionTimestamp: "2026-01-02T03:04:05Z"`, 1)
			assert.True(t, review(t, hook(validation.Options{}), stored, deleted).Allowed)
		})
	}
}

// Only the deletionTimestamp of the stored object skips validation.
func TestDeletionTimestamp(t *testing.T) {
	t.Parallel()
	wrong := header + `spec: {ollama: {models: [llama2]}}`
	deleted := strings.Replace(wrong, "name: stack", `name: stack, deletionTimestamp: "2026-01-02T03:04:05Z"`, 1)
	for name, hook := range map[string]func(validation.Options) *admission.Webhook{"mutating": Mutating, "validating": Validating} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.False(t, review(t, hook(validation.Options{}), deleted, "").Allowed, "on a create")
			assert.False(t, review(t, hook(validation.Options{}), deleted, header+`spec: {ollama: {models: ["llama2:7b"]}}`).Allowed, "on an update")
			assert.True(t, review(t, hook(validation.Options{}), deleted, deleted).Allowed)
			assert.True(t, review(t, hook(validation.Options{}), wrong, deleted).Allowed, "a PUT may omit it")
		})
	}
	accepted := strings.Replace(deleted, "llama2", `"llama2:7b"`, 1)
	assert.NotEmpty(t, review(t, Mutating(validation.Options{}), accepted, "").Patches, "it is defaulted")
}
