package check

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks"
)

const (
	ours = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\n"
	good = "metadata: {name: stack}\nspec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n"
)

func check(t *testing.T, text string, opts webhooks.Options) []Result {
	t.Helper()
	c, err := New(opts)
	require.NoError(t, err)
	objects, unreadable := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
	require.Empty(t, unreadable)
	results := make([]Result, 0, len(objects))
	for _, o := range objects {
		results = append(results, c.Check(o))
	}
	return results
}

// What the rules of admission do not say: the kind, the metadata, unknown fields, types
// and YAML itself.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"accepted": {text: ours + good},
		"group": {
			"apiVersion: llm.geper.io/v1alpha1\nkind: OllamaDeployment\n" + good,
			[]string{`1:13 error KindUnknown apiVersion: Unsupported value: "llm.geper.io/v1alpha1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"group of the older kind": {
			"apiVersion: llm.geper.io/v1alpha1\nkind: Deployment\n" + good,
			[]string{`1:13 error KindUnknown apiVersion: Unsupported value: "llm.geper.io/v1alpha1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"version": {
			"apiVersion: llm.geeper.io/v1\nkind: OllamaDeployment\n" + good,
			[]string{`1:13 error KindUnknown apiVersion: Unsupported value: "llm.geeper.io/v1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"kind": {
			"apiVersion: llm.geeper.io/v1alpha1\nkind: Ollama\n" + good,
			[]string{`2:7 error KindUnknown kind: Unsupported value: "Ollama": did you mean "OllamaDeployment"?`},
		},
		"no version": {
			"kind: OllamaDeployment\n" + good,
			[]string{`1:1 error KindUnknown apiVersion: Unsupported value: "": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"no name": {
			ours + "spec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{"1:1 error FieldValueRequired metadata.name: Required value: name or generateName is required"},
		},
		"name and labels": {
			ours + "metadata: {name: My.LLM, labels: {\"a b\": c, d: e f}}\n" + good[24:],
			[]string{
				"3:18 error FieldValueInvalid metadata.name: Invalid value: \"My.LLM\": must start with a letter and hold only lower case letters, digits and '-', because Services are named after it",
				"3:26 error FieldValueInvalid metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
				"3:26 error FieldValueInvalid metadata.labels: Invalid value: \"e f\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
			},
		},
		"unknown fields": {
			ours + "metadata: {name: stack, lables: {}}\nspec:\n  ollama:\n    models: [\"llama2:7b\"]\n    imagetag: \"1\"\n    imageTag: \"1\"\n    resources: {limits: {memory: 8Gi}}\n  tabby:\n    envVars: [{name: A, vlue: b}]\n  zzz: 1\n",
			[]string{
				`3:25 error FieldUnknown metadata.lables: Unknown field`,
				`7:5 error FieldUnknown spec.ollama.imagetag: Unknown field; did you mean "imageTag"?`,
				`11:25 error FieldUnknown spec.tabby.envVars[0].vlue: Unknown field; did you mean "value"?`,
				`12:3 error FieldUnknown spec.zzz: Unknown field`,
			},
		},
		"types": {
			ours + "metadata: {name: stack}\nspec:\n  ollama: {models: \"llama2:7b\", replicas: two, resources: {requests: {memory: lots}}}\n",
			[]string{
				`5:20 error FieldValueTypeInvalid spec.ollama.models: Invalid value: "string": spec.ollama.models in body must be of type array: "string"`,
				`5:43 error FieldValueTypeInvalid spec.ollama.replicas: Invalid value: "string": spec.ollama.replicas in body must be of type integer: "string"`,
				`5:79 error FieldValueInvalid spec.ollama.resources.requests.memory: Invalid value: "lots": spec.ollama.resources.requests.memory in body should match '^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$'`,
			},
		},
		"read while it was being deleted": {
			ours + "metadata: {name: stack, deletionTimestamp: \"2026-01-02T03:04:05Z\"}\nspec: {ollama: {models: [llama2], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{`4:26 error FieldValueInvalid spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`},
		},
		"what YAML 1.1 takes for true": {text: ours + "metadata: {name: stack}\nspec: {openwebui: {enabled: yes, imageTag: \"1\"}, ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n"},
		"a key that stands twice": {
			ours + good + "spec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{"5:1 warning KeyDuplicate spec: stands here twice; the first one is lost"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := check(t, tc.text, webhooks.Options{})
			require.Len(t, results, 1)
			assert.True(t, results[0].Ours)
			assert.Equal(t, tc.want, lines(results[0].Findings))
		})
	}
}

func lines(findings []Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%d:%d %s %s %s", f.Line, f.Column, f.Level, f.Rule, f.Text()))
	}
	return out
}

func TestOthersArePassedOver(t *testing.T) {
	t.Parallel()
	results := check(t, "kind: ConfigMap\n---\napiVersion: apps/v1\nkind: Deployment\n---\nreplicaCount: 1\n---\napiVersion: ollama.example.com/v1\nkind: OllamaDeployment\n", webhooks.Options{})
	require.Len(t, results, 4)
	for _, r := range results {
		assert.Equal(t, Result{}, r)
	}
}

// What a stranger's manifest holds does not reach the terminal as it is.
func TestNoControlCharacters(t *testing.T) {
	t.Parallel()
	results := check(t, ours+"metadata: {name: \"\\e[1mx\", annotations: {\"\\e\": a}}\nspec: {\"z\\n::error::\\e[2J\": 1, ollama: {models: [\"\\e[31m\"]}}\n", webhooks.Options{})
	require.Len(t, results, 1)
	assert.NotEmpty(t, results[0].Findings)
	for _, f := range results[0].Findings {
		assert.NotRegexp(t, `[[:cntrl:]]`, f.Object+f.Text())
	}
}

// The errors are those of admission, all of them, and where they are is known.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, tc := range fixtures.Rules(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range check(t, tc.Object("stack"), webhooks.Options{AllowHostPath: tc.AllowHostPath})[0].Findings {
				if f.Level == Error {
					got = append(got, f.Text())
				}
				assert.Greater(t, f.Line, 3, "%s is in the spec", f.Path)
			}
			assert.ElementsMatch(t, tc.Errors, got)
		})
	}
}
