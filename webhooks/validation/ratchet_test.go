// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func hostPath(path string) string {
	return `{ollama: {models: ["llama2:7b"]}, tabby: {volumes: [{name: models, hostPath: {path: ` + path + `}}]}}`
}

// manyModels is one more than there may be, as a list of YAML without its brackets.
var manyModels = func() string {
	var names []string
	for i := range 101 {
		names = append(names, fmt.Sprintf(`"m:%d"`, i))
	}
	return strings.Join(names, ", ")
}()

func TestRatchet(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		from, to  string
		tolerated []string
		errs      []string
	}{
		"an old error in an untouched field": {
			from:      `{ollama: {models: [llama2], imageTag: "1"}}`,
			to:        `{ollama: {models: [llama2], imageTag: "2"}}`,
			tolerated: []string{`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`},
		},
		"an old error that moves up": {
			from:      `{ollama: {models: ["mistral:7b", llama2]}}`,
			to:        `{ollama: {models: [llama2]}}`,
			tolerated: []string{`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`},
		},
		"an old error and a new one": {
			from:      `{ollama: {models: [llama2]}}`,
			to:        `{ollama: {models: [llama2, mistral]}}`,
			tolerated: []string{`spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"? (tolerated, because the stored object has it too)`},
			errs:      []string{`spec.ollama.models[1]: Invalid value: "mistral": has no tag; write it as "model:tag"; did you mean "mistral:latest"?`},
		},
		"an old error that changes": {
			from: `{ollama: {models: ["llama2:7b"], replicas: 0}}`,
			to:   `{ollama: {models: ["llama2:7b"], replicas: 11}}`,
			errs: []string{"spec.ollama.replicas: Invalid value: 11: must be at most 10"},
		},
		"a forbidden value that becomes another one": {
			from: hostPath("/var/lib/models"),
			to:   hostPath("/"),
			errs: []string{"spec.tabby.volumes[0].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path"},
		},
		"a forbidden value that stays": {
			from:      hostPath("/var/lib/models"),
			to:        `{ollama: {models: ["mistral:7b"]}, tabby: {volumes: [{name: a, emptyDir: {}}, {name: models, hostPath: {path: /var/lib/models}}]}}`,
			tolerated: []string{"spec.tabby.volumes[1].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path (tolerated, because the stored object has it too)"},
		},
		"an entry that is not allowed, changed elsewhere": {
			from: `{ollama: {models: ["llama2:7b"]}, tabby: {envVars: [{name: TABBY_ROOT, value: a}]}}`,
			to:   `{ollama: {models: ["llama2:7b"]}, tabby: {envVars: [{name: TABBY_ROOT, value: b}]}}`,
			errs: []string{"spec.tabby.envVars[0].name: Forbidden: TABBY_ROOT is set by the operator"},
		},
		"a duplicate behind a new model": {
			from:      `{ollama: {models: ["llama2:7b", "library/llama2:7b"]}}`,
			to:        `{ollama: {models: ["mistral:7b", "llama2:7b", "library/llama2:7b"]}}`,
			tolerated: []string{`spec.ollama.models[2]: Duplicate value: "library/llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[1] (tolerated, because the stored object has it too)`},
		},
		"one more of a duplicate": {
			from:      `{ollama: {models: ["llama2:7b", "llama2:7b"]}}`,
			to:        `{ollama: {models: ["llama2:7b", "llama2:7b", "llama2:7b"]}}`,
			tolerated: []string{`spec.ollama.models[1]: Duplicate value: "llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[0] (tolerated, because the stored object has it too)`},
			errs:      []string{`spec.ollama.models[2]: Duplicate value: "llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[0]`},
		},
		"a model for Tabby that is not in a list which changes": {
			from:      `{ollama: {models: ["llama2:7b"]}, tabby: {modelName: "codellama:7b"}}`,
			to:        `{ollama: {models: ["mistral:7b"]}, tabby: {modelName: "codellama:7b"}}`,
			tolerated: []string{`spec.tabby.modelName: Unsupported value: "codellama:7b": must be one of ollama.models, unless ollamaServiceName names another Ollama; supported values: "mistral:7b" (tolerated, because the stored object has it too)`},
		},
		"a limit that falls below a request that is above it already": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 1}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 500m}}}}`,
			errs: []string{"spec.ollama.resources.requests[cpu]: Invalid value: \"2\": must be at most the limit of 500m"},
		},
		"a device without a limit, more of it": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {nvidia.com/gpu: 1}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {nvidia.com/gpu: 2}}}}`,
			errs: []string{"spec.ollama.resources.limits[nvidia.com/gpu]: Required value: must be set, because nvidia.com/gpu cannot be requested without a limit"},
		},
		"a hostPath that comes into effect": {
			from: hostPath("/var/lib/models"),
			to:   strings.Replace(hostPath("/var/lib/models"), "tabby: {", "tabby: {enabled: true, ", 1),
			errs: []string{"spec.tabby.volumes[0].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path"},
		},
		"a duplicate in another order": {
			from:      `{ollama: {models: ["llama2:7b", "library/llama2:7b"]}}`,
			to:        `{ollama: {models: ["library/llama2:7b", "llama2:7b"]}}`,
			tolerated: []string{`spec.ollama.models[1]: Duplicate value: "llama2:7b": is the same model as "library/llama2:7b" in spec.ollama.models[0] (tolerated, because the stored object has it too)`},
		},
		"a list that is too long hides nothing": {
			from:      `{ollama: {models: [` + manyModels + `]}}`,
			to:        `{ollama: {models: [` + manyModels + `]}, openwebui: {ingress: {enabled: true}}}`,
			tolerated: []string{"spec.ollama.models: Too many: 101: must have at most 100 items (tolerated, because the stored object has it too)"},
			errs:      []string{`spec.openwebui.ingress.host: Required value: must be set when the ingress is enabled, for example "chat.example.com"`},
		},
		"a list that is too long and stays": {
			from:      `{ollama: {models: [` + manyModels + `]}}`,
			to:        `{ollama: {models: [` + manyModels + `], replicas: 2}}`,
			tolerated: []string{"spec.ollama.models: Too many: 101: must have at most 100 items (tolerated, because the stored object has it too)"},
		},
		"another list that is too long": {
			from: `{ollama: {models: [` + manyModels + `]}}`,
			to:   `{ollama: {models: [` + strings.Replace(manyModels, "m:0", "n:0", 1) + `]}}`,
			errs: []string{"spec.ollama.models: Too many: 101: must have at most 100 items"},
		},
		"a limit below the request that stays": {
			from: `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 2}}}}`,
			to:   `{ollama: {models: ["llama2:7b"], resources: {requests: {cpu: 2}, limits: {cpu: 1}}}}`,
			errs: []string{"spec.ollama.resources.requests[cpu]: Invalid value: \"2\": must be at most the limit of 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings, errs := update(t, tc.from, tc.to)
			assert.Equal(t, tc.tolerated, onlyTolerated(warnings))
			assert.Equal(t, tc.errs, texts(errs))
		})
	}
}

func onlyTolerated(warnings []string) []string {
	var out []string
	for _, warning := range warnings {
		if len(warning) > 0 && warning[len(warning)-1] == ')' {
			out = append(out, warning)
		}
	}
	return out
}
