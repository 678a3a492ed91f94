// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	jsonpatch "gomodules.xyz/jsonpatch/v2"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

const header = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\n"

// review returns the webhook's response to the creation of an object in YAML, or to an update of the
// stored one if that is not empty.
func review(t testing.TB, hook *admission.Webhook, object, old string) admission.Response {
	t.Helper()
	req := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{UID: "1", Operation: admissionv1.Create}}
	req.Object.Raw = toJSON(t, object)
	if old != "" {
		req.Operation = admissionv1.Update
		req.OldObject.Raw = toJSON(t, old)
	}
	return hook.Handle(t.Context(), req)
}

// operationsOf returns the operations of the patch as the API server decodes them.
func operationsOf(t testing.TB, response admission.Response) []jsonpatch.Operation {
	t.Helper()
	var operations []jsonpatch.Operation
	if response.Patch != nil {
		require.NoError(t, json.Unmarshal(response.Patch, &operations))
	}
	return operations
}

func toJSON(t testing.TB, text string) []byte {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	return data
}

// The patch contains only defaults. It does not rewrite quantities, which diff tools would report.
func TestMutatingPatchesDefaultsOnly(t *testing.T) {
	t.Parallel()
	response := review(t, Mutating(validation.Options{}), header+`
spec:
  ollama:
    models: ["llama2:7b"]
    resources: {limits: {cpu: 1000m, memory: 1024Mi}}
    service: {port: 80}
`, "")
	require.True(t, response.Allowed)
	patched := map[string]any{}
	for _, operation := range operationsOf(t, response) {
		assert.Equal(t, "add", operation.Operation)
		patched[operation.Path] = operation.Value
	}
	assert.Equal(t, map[string]any{
		"/spec/ollama/replicas": 1.0, "/spec/ollama/image": "ollama/ollama", "/spec/ollama/imageTag": "latest",
		"/spec/ollama/service/type": "ClusterIP", "/spec/ollama/modelUpdatePolicy": "Never", "/spec/ollama/modelRemovalPolicy": "Delete",
	}, patched)
}

func TestMutatingDoesNotPatchDefaultedObject(t *testing.T) {
	t.Parallel()
	object := header + `
spec:
  ollama:
    models: ["llama2:7b"]
    replicas: 1
    image: ollama/ollama
    imageTag: latest
    modelUpdatePolicy: Never
    modelRemovalPolicy: Delete
    resources: {requests: {cpu: "0.5"}}
    service: {type: ClusterIP, port: 11434}
`
	response := review(t, Mutating(validation.Options{}), object, object)
	assert.True(t, response.Allowed)
	assert.Empty(t, response.Patches)
}

// The mutating webhook rejects what the schema would reject, together with all other errors.
func TestMutatingRejectsInvalidObject(t *testing.T) {
	t.Parallel()
	response := review(t, Mutating(validation.Options{}), header+`
spec:
  ollama: {models: [llama2], replicas: 0}
  openwebui: {ingress: {enabled: true}}
`, "")
	require.False(t, response.Allowed)
	assert.EqualValues(t, http.StatusUnprocessableEntity, response.Result.Code)
	assert.Equal(t, metav1.StatusReasonInvalid, response.Result.Reason)
	assert.Equal(t, []string{"spec.ollama.replicas", "spec.ollama.models[0]", "spec.openwebui.ingress.host"}, causes(response))
}

// Errors of the rules alone are left to the validating webhook, because another mutating webhook may
// correct them.
func TestMutatingLeavesRulesToValidation(t *testing.T) {
	t.Parallel()
	object := header + `
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui: {ingress: {enabled: true}}
`
	assert.True(t, review(t, Mutating(validation.Options{}), object, "").Allowed)
	response := review(t, Validating(validation.Options{}), object, "")
	require.False(t, response.Allowed)
	assert.EqualValues(t, http.StatusUnprocessableEntity, response.Result.Code)
	assert.Equal(t, []string{"spec.openwebui.ingress.host"}, causes(response))
	assert.Equal(t, v1alpha1.Kind, response.Result.Details.Kind)
	assert.Equal(t, v1alpha1.GroupVersion.Group, response.Result.Details.Group)
}

// causes returns the fields of the response's causes.
func causes(response admission.Response) []string {
	var fields []string
	for _, cause := range response.Result.Details.Causes {
		fields = append(fields, cause.Field)
	}
	return fields
}

func TestResponsesEncode(t *testing.T) {
	t.Parallel()
	_, err := json.Marshal(review(t, Mutating(validation.Options{}), header+"spec: {ollama: {models: [\"a b\"]}}", "").AdmissionResponse)
	assert.NoError(t, err)
}
