// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// checkUpdate validates a manifest as an update of another one.
func checkUpdate(t *testing.T, before, after string) Result {
	t.Helper()
	c, err := New(validation.Options{})
	require.NoError(t, err)
	stored, err := c.Store(parseOne(t, before))
	require.NoError(t, err)
	return c.CheckUpdate(parseOne(t, after), stored)
}

func parseOne(t *testing.T, text string) manifest.Object {
	t.Helper()
	objects, parseErrs := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
	require.Empty(t, parseErrs)
	require.Len(t, objects, 1)
	return objects[0]
}

func TestCheckUpdate(t *testing.T) {
	t.Parallel()
	const head = header + "metadata: {name: stack}\nspec:\n"
	ollama := func(text string) string {
		return head + "  ollama: {imageTag: \"1\", models: [\"llama2:7b\"], resources: {limits: {memory: 8Gi}, requests: {" + text + "}}}\n"
	}
	for name, tc := range map[string]struct {
		before, after string
		want          []string
	}{
		"nothing changes": {header + valid, header + valid, nil},
		"a claim shrinks": {
			ollama("storage: 20Gi"), ollama("storage: 10Gi"),
			[]string{"5:105 error FieldValueForbidden spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 20Gi, because a PersistentVolumeClaim can only grow"},
		},
		"a claim grows": {ollama("storage: 20Gi"), ollama("storage: 30Gi"), nil},
		"an error that is stored": {
			head + "  ollama: {imageTag: \"1\", models: [llama2], resources: {limits: {memory: 8Gi}}}\n",
			head + "  ollama: {imageTag: \"2\", models: [llama2], resources: {limits: {memory: 8Gi}}}\n",
			[]string{"5:36 warning Warning spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"? (tolerated, because the stored object has it too)"},
		},
		"an error of the schema that is stored": {
			head + "  ollama: {imageTag: \"1\", models: [\"llama2:7b\"], replicas: 11, resources: {limits: {memory: 8Gi}}}\n",
			head + "  ollama: {imageTag: \"2\", models: [\"llama2:7b\"], replicas: 11, resources: {limits: {memory: 8Gi}}}\n",
			[]string{"5:60 warning Warning spec.ollama.replicas: Invalid value: 11: must be at most 10 (tolerated, because the stored object has it too)"},
		},
		"a new error": {
			header + valid, head + "  ollama: {imageTag: \"1\", models: [llama2], resources: {limits: {memory: 8Gi}}}\n",
			[]string{"5:36 error FieldValueInvalid spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"?"},
		},
		"an unknown field": {
			header + valid, head + "  ollama: {imageTag: \"1\", modles: [], models: [\"llama2:7b\"], resources: {limits: {memory: 8Gi}}}\n",
			[]string{"5:27 error FieldUnknown spec.ollama.modles: Unknown field; did you mean \"models\"?"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, lines(checkUpdate(t, tc.before, tc.after).Findings))
		})
	}
}

// The result of an update has what others have set, derived values that follow, and the stored status.
func TestCheckUpdateStores(t *testing.T) {
	t.Parallel()
	const stored = header + `metadata: {name: stack, uid: u, annotations: {other: stays, kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"ollama":{"models":["llama2:7b"],"keepMe":1,"replicas":2}}}'}}
spec: {ollama: {models: ["llama2:7b"], replicas: 2, image: example.com/ollama, service: {type: ClusterIP, port: 11434}, resources: {requests: {cpu: 500m, memory: 6Gi}}}}
status: {phase: Ready}
`
	result := checkUpdate(t, stored, header+"metadata: {name: stack}\nspec: {ollama: {models: [\"llama2:13b\"]}}\n")
	require.False(t, result.Rejected(), lines(result.Findings))
	d := result.Defaulted
	assert.Equal(t, "stays", d.Annotations["other"])
	assert.Equal(t, "example.com/ollama", *d.Spec.Ollama.Image)
	assert.Equal(t, int32(1), *d.Spec.Ollama.Replicas, "the manifest no longer has it")
	assert.Equal(t, "10Gi", d.Spec.Ollama.Resources.Requests.Memory().String(), "it is derived from the models")
	assert.Equal(t, "Ready", string(d.Status.Phase))
	assert.Equal(t, "u", string(result.Stored.UID))
}

// A manifest without a namespace is applied to that of the stored object, also if the last one had it.
func TestCheckUpdateKeepsNamespace(t *testing.T) {
	t.Parallel()
	const spec = "spec: {ollama: {imageTag: \"1\", models: [\"llama2:7b\"], resources: {limits: {memory: 8Gi}}}}\n"
	result := checkUpdate(t, header+"metadata: {name: stack, namespace: models}\n"+spec, header+"metadata: {name: stack}\n"+spec)
	require.False(t, result.Rejected(), lines(result.Findings))
	assert.Equal(t, "models", result.Defaulted.Namespace)
	assert.Contains(t, string(result.JSON), `"namespace":"models"`)
}
