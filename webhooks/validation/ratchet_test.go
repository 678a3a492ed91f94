// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

func hostPath(path string) string {
	return `{ollama: {models: ["llama2:7b"]}, tabby: {volumes: [{name: models, hostPath: {path: ` + path + `}}]}}`
}

// manyModels has the items of a YAML list with one model more than the limit.
var manyModels = func() string {
	var names []string
	for i := range 101 {
		names = append(names, fmt.Sprintf(`"m:%d"`, i))
	}
	return strings.Join(names, ", ")
}()

// A ratchetCase is a row of the tests of errors that the stored object has too: the specs before and
// after an update, and what is a warning or an error of it.
type ratchetCase struct {
	from, to  string
	tolerated []string
	errs      []string
}

func testRatchet(t *testing.T, cases map[string]ratchetCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings, errs := update(t, tc.from, tc.to)
			assert.Equal(t, tc.tolerated, onlyTolerated(warnings))
			assert.Equal(t, tc.errs, texts(errs))
		})
	}
}

func TestRatchetFields(t *testing.T) {
	t.Parallel()
	testRatchet(t, map[string]ratchetCase{
		"tolerates an unchanged field": {
			from:      `{ollama: {models: [llama2], imageTag: "1"}}`,
			to:        `{ollama: {models: [llama2], imageTag: "2"}}`,
			tolerated: []string{`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`},
		},
		"tolerates an entry that moves": {
			from:      `{ollama: {models: ["mistral:7b", llama2]}}`,
			to:        `{ollama: {models: [llama2]}}`,
			tolerated: []string{`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`},
		},
		"rejects a new error beside a tolerated one": {
			from:      `{ollama: {models: [llama2]}}`,
			to:        `{ollama: {models: [llama2, mistral]}}`,
			tolerated: []string{`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`},
			errs:      []string{`spec.ollama.models[1]: Invalid value: "mistral": has no tag; write it as "model:tag"; did you mean "mistral:latest"?`},
		},
		"rejects another invalid value": {
			from: `{ollama: {models: ["llama2:7b"], replicas: 0}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 11}}`,
			errs: []string{"spec.ollama.replicas: Invalid value: 11: must be at most 10"},
		},
	})
}

func TestRatchetForbidden(t *testing.T) {
	t.Parallel()
	testRatchet(t, map[string]ratchetCase{
		"tolerates an unchanged hostPath": {
			from:      hostPath("/var/lib/models"),
			to:        `{ollama: {models: ["mistral:7b"]}, tabby: {volumes: [{name: a, emptyDir: {}}, {name: models, hostPath: {path: /var/lib/models}}]}}`,
			tolerated: []string{"spec.tabby.volumes[1].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path (tolerated, because the stored object has it too)"},
		},
		"rejects another hostPath": {
			from: hostPath("/var/lib/models"),
			to:   hostPath("/"),
			errs: []string{"spec.tabby.volumes[0].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path"},
		},
		"rejects a hostPath whose component is enabled": {
			from: hostPath("/var/lib/models"),
			to:   strings.Replace(hostPath("/var/lib/models"), "tabby: {", "tabby: {enabled: true, ", 1),
			errs: []string{"spec.tabby.volumes[0].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path"},
		},
		"rejects a reserved variable with another value": {
			from: `{ollama: {models: ["llama2:7b"]}, tabby: {envVars: [{name: TABBY_ROOT, value: a}]}}`,
			to:   `{ollama: {models: ["llama2:7b"]}, tabby: {envVars: [{name: TABBY_ROOT, value: b}]}}`,
			errs: []string{"spec.tabby.envVars[0].name: Forbidden: TABBY_ROOT is set by the operator"},
		},
	})
}

func TestRatchetDuplicates(t *testing.T) {
	t.Parallel()
	testRatchet(t, map[string]ratchetCase{
		"tolerates a duplicate after a new model": {
			from:      `{ollama: {models: ["llama2:7b", "library/llama2:7b"]}}`,
			to:        `{ollama: {models: ["mistral:7b", "llama2:7b", "library/llama2:7b"]}}`,
			tolerated: []string{`spec.ollama.models[2]: Duplicate value: "library/llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[1] (tolerated, because the stored object has it too)`},
		},
		"tolerates a duplicate in another order": {
			from:      `{ollama: {models: ["llama2:7b", "library/llama2:7b"]}}`,
			to:        `{ollama: {models: ["library/llama2:7b", "llama2:7b"]}}`,
			tolerated: []string{`spec.ollama.models[1]: Duplicate value: "llama2:7b": is the same model as "library/llama2:7b" in spec.ollama.models[0] (tolerated, because the stored object has it too)`},
		},
		"rejects another duplicate": {
			from:      `{ollama: {models: ["llama2:7b", "llama2:7b"]}}`,
			to:        `{ollama: {models: ["llama2:7b", "llama2:7b", "llama2:7b"]}}`,
			tolerated: []string{`spec.ollama.models[1]: Duplicate value: "llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[0] (tolerated, because the stored object has it too)`},
			errs:      []string{`spec.ollama.models[2]: Duplicate value: "llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[0]`},
		},
	})
}

func TestRatchetLongLists(t *testing.T) {
	t.Parallel()
	testRatchet(t, map[string]ratchetCase{
		"tolerates an unchanged list": {
			from:      `{ollama: {models: [` + manyModels + `]}}`,
			to:        `{ollama: {models: [` + manyModels + `], replicas: 2}}`,
			tolerated: []string{"spec.ollama.models: Too many: 101: must have at most 100 items (tolerated, because the stored object has it too)"},
		},
		"rejects another list that is too long": {
			from: `{ollama: {models: [` + manyModels + `]}}`,
			to:   `{ollama: {models: [` + strings.Replace(manyModels, "m:0", "n:0", 1) + `]}}`,
			errs: []string{"spec.ollama.models: Too many: 101: must have at most 100 items"},
		},
		"rejects other errors beside a long list": {
			from:      `{ollama: {models: [` + manyModels + `]}}`,
			to:        `{ollama: {models: [` + manyModels + `]}, openwebui: {ingress: {enabled: true}}}`,
			tolerated: []string{"spec.ollama.models: Too many: 101: must have at most 100 items (tolerated, because the stored object has it too)"},
			errs:      []string{`spec.openwebui.ingress.host: Required value: must be set when the ingress is enabled, for example "chat.example.com"`},
		},
	})
}

// Errors about two fields are tolerated only if neither change makes them worse.
func TestRatchetRelatedFields(t *testing.T) {
	t.Parallel()
	testRatchet(t, map[string]ratchetCase{
		"tolerates a model that is not in the changed list": {
			from:      `{ollama: {models: ["llama2:7b"]}, tabby: {modelName: "codellama:7b"}}`,
			to:        `{ollama: {models: ["mistral:7b"]}, tabby: {modelName: "codellama:7b"}}`,
			tolerated: []string{`spec.tabby.modelName: Unsupported value: "codellama:7b": must be one of ollama.models, unless ollamaServiceName names another Ollama; supported values: "mistral:7b" (tolerated, because the stored object has it too)`},
		},
		"rejects a lower limit below the request": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 1}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 500m}}}}`,
			errs: []string{"spec.ollama.resources.requests[cpu]: Invalid value: \"2\": must be at most the limit of 500m"},
		},
		"rejects a limit below an unchanged request": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 2}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 1}}}}`,
			errs: []string{"spec.ollama.resources.requests[cpu]: Invalid value: \"2\": must be at most the limit of 1"},
		},
		"rejects a larger request of a device without a limit": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {nvidia.com/gpu: 1}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {nvidia.com/gpu: 2}}}}`,
			errs: []string{"spec.ollama.resources.limits[nvidia.com/gpu]: Required value: must be set, because nvidia.com/gpu cannot be requested without a limit"},
		},
	})
}

// A model name that repeats an invalid entry of the models is not reported beside it, whether or not it is
// the one that would be derived.
func TestRatchetOfRepeatedModel(t *testing.T) {
	t.Parallel()
	old := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: [llama2]}, tabby: {modelName: llama2}}}`))
	d := old.DeepCopy()
	d.Spec.Ollama.Models = []v1alpha1.OllamaModel{"qwen2.5-coder:7b", "llama2"}
	d.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl", FieldsV1: metav1.NewFieldsV1(`{"f:spec":{"f:tabby":{"f:modelName":{}}}}`)}}
	d.DefaultUpdate(old)
	require.Equal(t, v1alpha1.OllamaModel("llama2"), *d.Spec.Tabby.ModelName)
	warnings, errs := ValidateUpdate(d, old, nil, Options{})
	assert.Empty(t, errs)
	assert.Equal(t, []string{`spec.ollama.models[1]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`}, onlyTolerated(warningTexts(warnings)))
}

// onlyTolerated returns the warnings about tolerated errors.
func onlyTolerated(warnings []string) []string {
	var out []string
	for _, warning := range warnings {
		if len(warning) > 0 && warning[len(warning)-1] == ')' {
			out = append(out, warning)
		}
	}
	return out
}
