// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const storedForPlan = `
metadata: {uid: u}
spec:
  ollama: {models: ["llama2:7b"], replicas: 1, image: ollama/ollama, imageTag: "1", modelUpdatePolicy: Never, modelRemovalPolicy: Delete,
    service: {type: ClusterIP, port: 11434}, resources: {limits: {memory: 8Gi}, requests: {cpu: 500m}}}
`

const appliedForPlan = stackHead + "spec: {ollama: {models: [\"llama2:7b\"], imageTag: \"2\"}}\n"

// The API server is asked for a dry run of the patch of kubectl apply, and its warnings are printed.
func TestPlanDryRun(t *testing.T) {
	t.Parallel()
	api, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedForPlan})
	code, out, stderr := run(t, appliedForPlan, append([]string{"plan", "-f", "-"}, flags...)...)
	assert.Equal(t, 1, code, stderr)
	assert.Equal(t, "Warning: spec: a warning\\u202e\n", stderr)
	assert.Contains(t, out, "OllamaDeployment models/stack: changed\n")
	require.Len(t, api.patches, 1)
	assert.Regexp(t, `^ollamadeployments/stack\?dryRun=All&fieldManager=kubectl-client-side-apply&fieldValidation=Strict \{.*"spec":\{"ollama":\{"imageTag":"2"\}\}\}$`, api.patches[0])
}

// The errors of the API server are printed at their fields, and nothing is planned.
func TestPlanRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ status, want string }{
		"causes": {
			`{"reason": "Invalid", "code": 422, "message": "all at once", "details": {"causes": [
				{"reason": "FieldValueInvalid", "field": "spec.ollama.models[0]", "message": "Invalid value: wrong\u202e"}, {"reason": "FieldValueForbidden", "field": "<nil>", "message": "Forbidden: no"}]}}`,
			"-:1:1: error: Forbidden: no\n-:4:26: error: spec.ollama.models[0]: Invalid value: wrong\\u202e\n1 object checked: 2 errors, 0 warnings\n",
		},
		"conflicts": {
			`{"reason": "Conflict", "code": 409, "message": "Apply failed", "details": {"causes": [{"reason": "FieldManagerConflict", "field": ".spec.ollama.imageTag", "message": "conflict with \"team\""}]}}`,
			"-:4:50: error: spec.ollama.imageTag: conflict with \"team\"; use --force-conflicts to take the field over\n1 object checked: 1 error, 0 warnings\n",
		},
		"no causes": {
			`{"reason": "Forbidden", "code": 403, "message": "you may not"}`,
			"-:1:1: error: you may not\n1 object checked: 1 error, 0 warnings\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedForPlan})
			api.refusals = []string{tc.status}
			code, out, stderr := run(t, appliedForPlan, append([]string{"plan", "-f", "-"}, flags...)...)
			assert.Equal(t, 2, code)
			assert.Empty(t, out)
			assert.Equal(t, tc.want, stderr)
		})
	}
}

// An API server that does not decide has not refused the object.
func TestPlanNotAnswered(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ status, want string }{
		"not logged in":     {`{"reason": "Unauthorized", "code": 401, "message": "log in\u202e"}`, "error: log in\\u202e\n"},
		"too many requests": {`{"reason": "TooManyRequests", "code": 429, "message": "later\u202e"}`, "error: later\\u202e\n"},
		"a failure":         {`{"reason": "InternalError", "code": 500, "message": "it broke\u202e"}`, "error: it broke\\u202e\n"},
	} {
		for asked, plant := range map[string]func(*fakeAPI){
			"for the stored object": func(api *fakeAPI) { api.failure = tc.status },
			"for a dry run":         func(api *fakeAPI) { api.refusals = []string{tc.status} },
		} {
			t.Run(name+", asked "+asked, func(t *testing.T) {
				t.Parallel()
				api, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedForPlan})
				plant(api)
				code, out, stderr := run(t, appliedForPlan, append([]string{"plan", "-f", "-"}, flags...)...)
				assert.Equal(t, 2, code)
				assert.Empty(t, out)
				assert.Equal(t, tc.want, stderr)
			})
		}
	}
}

func TestPlanClusterErrors(t *testing.T) {
	t.Parallel()
	_, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedForPlan})
	with := func(args ...string) []string { return append(args, flags...) }
	testExit(t, map[string]exitCase{
		"no name":             {"apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {generateName: a-}\n", with("plan", "-f", "-"), 2, "", "-:3:1: error: metadata.name: Required value: kubectl apply does not generate names\n1 object checked: 1 error, 0 warnings\n"},
		"another namespace":   {"apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: a, namespace: b}\n", with("plan", "-f", "-"), 2, "", "error: -: the namespace of OllamaDeployment b/a is not that of --namespace, \"models\"\n"},
		"nothing stored":      {"", with("plan", "none"), 2, "", "error: ollamadeployments.llm.geeper.io \"none\" not found\n"},
		"misspelled kind":     {"apiVersion: llm.geeper.io/v1alpha1\nkind: OlamaDeployment\n", with("plan", "-f", "-"), 2, "", "-:2:7: error: kind: Unsupported value: \"OlamaDeployment\": did you mean \"OllamaDeployment\"?\n0 objects checked: 1 error, 0 warnings\n"},
		"a document is wrong": {"a: [", with("plan", "-f", "-"), 2, "", "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n"},
	})
}

// What is stored is planned with the defaults of this version, of an object of either kind.
func TestPlanStored(t *testing.T) {
	t.Parallel()
	api, flags := newFakeAPI(t, map[string]string{
		resource + "/stack": "metadata: {uid: u}\nspec: {ollama: {models: [\"llama2:7b\"]}}\n", deprecatedResource + "/new": "metadata: {uid: v}\nspec: {ollama: {models: [\"llama2:7b\"]}}\n",
	})
	code, out, stderr := run(t, "", append([]string{"plan", "stack"}, flags...)...)
	assert.Equal(t, 1, code, stderr)
	assert.Contains(t, out, "OllamaDeployment models/stack: changed\n")
	code, out, stderr = run(t, "", append([]string{"plan", "new"}, flags...)...)
	assert.Equal(t, 1, code, stderr)
	assert.Contains(t, out, "OllamaDeployment models/new: created\n")
	assert.Empty(t, api.patches)
}
