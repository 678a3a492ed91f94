// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

const (
	header = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\n"
	valid  = "metadata: {name: stack}\nspec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n"
)

func check(t *testing.T, text string, opts validation.Options) []Result {
	t.Helper()
	c, err := New(opts)
	require.NoError(t, err)
	objects, parseErrs := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
	require.Empty(t, parseErrs)
	results := make([]Result, 0, len(objects))
	for _, o := range objects {
		results = append(results, c.Check(o))
	}
	return results
}

// A checkCase is a row of the tests of Check: a manifest and its findings.
type checkCase struct {
	text string
	want []string
}

func testCheck(t *testing.T, cases map[string]checkCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := check(t, tc.text, validation.Options{})
			require.Len(t, results, 1)
			assert.False(t, results[0].Skipped)
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

func TestCheckKind(t *testing.T) {
	t.Parallel()
	testCheck(t, map[string]checkCase{
		"valid": {text: header + valid},
		"misspelled group": {
			"apiVersion: llm.geper.io/v1alpha1\nkind: OllamaDeployment\n" + valid,
			[]string{`1:13 error KindUnknown apiVersion: Unsupported value: "llm.geper.io/v1alpha1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"misspelled group of the deprecated kind": {
			"apiVersion: llm.geper.io/v1alpha1\nkind: Deployment\n" + valid,
			[]string{`1:13 error KindUnknown apiVersion: Unsupported value: "llm.geper.io/v1alpha1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"unknown version": {
			"apiVersion: llm.geeper.io/v1\nkind: OllamaDeployment\n" + valid,
			[]string{`1:13 error KindUnknown apiVersion: Unsupported value: "llm.geeper.io/v1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"unknown kind": {
			"apiVersion: llm.geeper.io/v1alpha1\nkind: Ollama\n" + valid,
			[]string{`2:7 error KindUnknown kind: Unsupported value: "Ollama": did you mean "OllamaDeployment"?`},
		},
		"two kinds in one document": {
			header + valid + "apiVersion: v1\nkind: ConfigMap\n",
			[]string{"6:7 error KeyDuplicate duplicate kind or apiVersion: this OllamaDeployment is also a ConfigMap; only the last value is used"},
		},
		"two groups in one document": {
			header + valid + "apiVersion: v1\n",
			[]string{`5:13 error KindUnknown apiVersion: Unsupported value: "v1": did you mean "llm.geeper.io/v1alpha1"?`},
		},
		"no apiVersion": {
			"kind: OllamaDeployment\n" + valid,
			[]string{`1:1 error KindUnknown apiVersion: Unsupported value: "": did you mean "llm.geeper.io/v1alpha1"?`},
		},
	})
}

func TestCheckMetadata(t *testing.T) {
	t.Parallel()
	testCheck(t, map[string]checkCase{
		"no name": {
			header + "spec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{"1:1 error FieldValueRequired metadata.name: Required value: name or generateName is required"},
		},
		"invalid name and labels": {
			header + "metadata: {name: My.LLM, labels: {\"a b\": c, d: e f}}\n" + valid[24:],
			[]string{
				"3:18 error FieldValueInvalid metadata.name: Invalid value: \"My.LLM\": must start with a letter and contain only lower case letters, digits and '-', because names of Services are derived from it",
				"3:26 error FieldValueInvalid metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
				"3:26 error FieldValueInvalid metadata.labels: Invalid value: \"e f\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
			},
		},
		"generateName": {
			text: header + strings.Replace(valid, "name: stack", "generateName: stack-", 1),
		},
		"generateName that is too long": {
			header + strings.Replace(valid, "name: stack", "generateName: "+strings.Repeat("a", 49), 1),
			[]string{`3:1 error FieldValueInvalid metadata.name: Invalid value: "` + strings.Repeat("a", 49) + `xxxxx": must have at most 53 characters, because the name of the Service "<name>-openwebui" can have at most 63`},
		},
		"generateName in upper case": {
			header + strings.Replace(valid, "name: stack", "generateName: A", 1),
			[]string{
				`3:1 error FieldValueInvalid metadata.name: Invalid value: "Axxxxx": must start with a letter and contain only lower case letters, digits and '-', because names of Services are derived from it`,
				"3:26 error FieldValueInvalid metadata.generateName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
			},
		},
	})
}

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	testCheck(t, map[string]checkCase{
		"unknown fields": {
			header + "metadata: {name: stack, lables: {}}\nspec:\n  ollama:\n    models: [\"llama2:7b\"]\n    imagetag: \"1\"\n    imageTag: \"1\"\n    resources: {limits: {memory: 8Gi}}\n  tabby:\n    envVars: [{name: A, vlue: b}]\n  zzz: 1\n",
			[]string{
				`3:25 error FieldUnknown metadata.lables: Unknown field`,
				`7:5 error FieldUnknown spec.ollama.imagetag: Unknown field; did you mean "imageTag"?`,
				`11:25 error FieldUnknown spec.tabby.envVars[0].vlue: Unknown field; did you mean "value"?`,
				`12:3 error FieldUnknown spec.zzz: Unknown field`,
			},
		},
		"wrong types": {
			header + "metadata: {name: stack}\nspec:\n  ollama: {models: \"llama2:7b\", replicas: two, resources: {requests: {memory: lots}}}\n",
			[]string{
				`5:3 warning Warning spec.ollama.imageTag: "latest" moves from release to release; name a version, so that every pod runs the same image`,
				`5:20 error FieldValueTypeInvalid spec.ollama.models: Invalid value: "llama2:7b": must be a list, not a string; write it after "-"`,
				`5:43 error FieldValueTypeInvalid spec.ollama.replicas: Invalid value: "two": must be an integer`,
				`5:48 warning Warning spec.ollama.resources.limits: no memory limit is set; a model can use all memory of the node`,
				`5:79 error FieldValueInvalid spec.ollama.resources.requests[memory]: Invalid value: "lots": must be a quantity such as "500m", "2" or "8Gi"`,
			},
		},
		"missing quotes": {
			header + "metadata:\n  name: stack\n  labels: {version: 1.10}\nspec:\n  ollama:\n    models: [llama2]\n    imageTag: 1.10\n    resources:\n      limits: {memory: 8Gi, cpu: 0.50}\n  openwebui: {imageTag: on, ingress: {annotations: {a: yes}}}\n",
			[]string{
				`5:21 error FieldValueTypeInvalid metadata.labels[version]: Invalid value: 1.10: write it in quotes: "1.10"`,
				`8:14 error FieldValueInvalid spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`,
				`9:15 error FieldValueTypeInvalid spec.ollama.imageTag: Invalid value: 1.10: write it in quotes: "1.10"`,
				`11:34 error FieldValueTypeInvalid spec.ollama.resources.limits[cpu]: Invalid value: 0.50: write it in quotes: "0.50"`,
				`12:25 error FieldValueTypeInvalid spec.openwebui.imageTag: Invalid value: on: write it in quotes: "on"`,
				`12:56 error FieldValueTypeInvalid spec.openwebui.ingress.annotations[a]: Invalid value: yes: write it in quotes: "yes"`,
			},
		},
		"numbers as quantities": {
			text: header + "metadata: {name: stack}\nspec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8589934592, cpu: 2.0}}}}\n",
		},
	})
}

func TestCheckDecoding(t *testing.T) {
	t.Parallel()
	testCheck(t, map[string]checkCase{
		"nulls as Helm prints them": {
			text: header + `metadata: {name: stack, namespace: null, labels: null, annotations: {a: null}, creationTimestamp: null}
spec:
  ollama:
    models: ["llama2:7b"]
    imageTag: "1"
    image: null
    replicas: null
    service: {type: null, port: null}
    resources: {limits: {memory: 8Gi, cpu: null}, requests: null}
  openwebui: null
  tabby: {enabled: null, envVars: null, imageTag: "1", ingress: {annotations: {a: null}, tls: null}, volumes: [{name: a, emptyDir: {}, secret: null}]}
status: null
`,
		},
		"null in a list": {
			header + "metadata: {name: stack}\nspec: {ollama: {models: [null], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{"4:26 error FieldValueTypeInvalid spec.ollama.models[0]: Invalid value: null: must not be null"},
		},
		"status is ignored": {text: header + valid + "status: {phase: 1, ready: []}\n"},
		"unknown metadata in a volume claim template": {
			header + "metadata: {name: stack}\nspec:\n  ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}\n" +
				"  tabby: {volumes: [{name: a, ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}], imageTag: \"1\"}\n",
			[]string{`6:76 error FieldUnknown spec.tabby.volumes[0].ephemeral.volumeClaimTemplate.metadata.labels: Unknown field`},
		},
		"deletionTimestamp is ignored": {
			header + "metadata: {name: stack, deletionTimestamp: \"2026-01-02T03:04:05Z\"}\nspec: {ollama: {models: [llama2], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{`4:26 error FieldValueInvalid spec.ollama.models[0]: Invalid value: "llama2": has no tag; write it as "model:tag"; did you mean "llama2:latest"?`},
		},
		"YAML 1.1 booleans": {text: header + "metadata: {name: stack}\nspec: {openwebui: {enabled: yes, imageTag: \"1\"}, ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n"},
		"duplicate key": {
			header + valid + "spec: {ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}}}\n",
			[]string{"5:1 error KeyDuplicate spec: duplicate key; only the last value is used"},
		},
	})
}

func TestOtherKindsAreSkipped(t *testing.T) {
	t.Parallel()
	results := check(t, "kind: ConfigMap\n---\napiVersion: apps/v1\nkind: Deployment\n---\nreplicaCount: 1\n---\napiVersion: ollama.example.com/v1\nkind: OllamaDeployment\n", validation.Options{})
	require.Len(t, results, 4)
	for _, r := range results {
		assert.Equal(t, Result{Skipped: true}, r)
	}
}

// Every rule of admission is applied, and every finding has the line of its field.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, tc := range fixtures.Rules(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range check(t, tc.Object("stack"), validation.Options{AllowHostPath: tc.AllowHostPath, AllowServiceAccounts: tc.AllowServiceAccounts, AllowPrivilegedPods: tc.AllowPrivilegedPods})[0].Findings {
				if f.Level == Error {
					got = append(got, f.Text())
				}
				assert.Greater(t, f.Line, 3, f.Path)
			}
			assert.ElementsMatch(t, tc.Errors, got)
		})
	}
}
