// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// decodedObjects has objects with nulls, generated names and unusual types, whose errors depend on what
// the API server does before it calls webhooks.
var decodedObjects = map[string]string{
	"nulls": `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack, labels: null, annotations: {a: null}, creationTimestamp: null},
		spec: {ollama: {models: ["llama2:7b"], replicas: null, image: null, service: {type: null, port: null}, resources: {limits: {cpu: null}, requests: null}},
		openwebui: null, tabby: {enabled: null, envVars: null, volumes: [{name: a, emptyDir: {}, secret: null}], ingress: {tls: null, annotations: {a: null}}}}, status: null}`,
	"null for a required field":    `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: null}}}`,
	"null in a list":               `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b", null]}}}`,
	"null in a list of objects":    `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"]}, tabby: {volumes: [null]}}}`,
	"null spec":                    `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: null}`,
	"generateName":                 `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: null, generateName: stack-}, spec: {ollama: {models: ["llama2:7b"]}}}`,
	"long generateName":            `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {generateName: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}, spec: {ollama: {models: ["llama2:7b"]}}}`,
	"generateName with tabby":      `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {generateName: stack-}, spec: {ollama: {models: ["llama2:7b"]}, tabby: {enabled: true}}}`,
	"generateName, tabby disabled": `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {generateName: stack-}, spec: {ollama: {models: ["llama2:7b"]}, tabby: {enabled: false}}}`,
	"status":                       `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"]}}, status: {phase: 1, conditions: {}}}`,
	"numbers":                      `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], replicas: 2.0, resources: {limits: {cpu: 1, memory: 8e9}}}}}`,
	"fractions":                    `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: [llama2], imageTag: 0.32, resources: {limits: {cpu: 0.5}}}}}`,
	"wrong types":                  `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: "llama2:7b", replicas: "2", service: []}, openwebui: {enabled: "yes"}, tabby: {envVars: [{name: a, value: 1}]}}}`,
	"large numbers":                `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], servicePort: 99999999999}}}`,
	"deletionTimestamp":            `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack, deletionTimestamp: "2026-01-02T03:04:05Z"}, spec: {ollama: {models: ["llama2"]}}}`,
}

// A verdict is the result of validating an object.
type verdict struct {
	// rejected has the paths of the errors.
	rejected []string
	// warnings has the printed warnings.
	warnings []string
}

// firstErrors has the cases in which the API server reports only the first error, with that error and the
// reason. "kubectl llm validate" reports all.
var firstErrors = map[string]struct{ rejected, why string }{
	"unknown field":       {`strict decoding error: unknown field "spec.ollama.modles"`, "unknown fields are rejected before validation"},
	"metadata and a spec": {"metadata.name", "the webhook rejects before the API server validates labels"},
}

// Validation offline and by the cluster have the same errors and warnings.
func TestOfflineAgrees(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	objects := map[string]string{}
	for _, tc := range fixtures.Rules(t) {
		objects[tc.Name] = tc.Object("stack")
	}
	for name, tc := range rejectedSpecs {
		objects[name] = "{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: " + tc.spec + "}"
	}
	objects["defaults"] = fixtures.Defaults(t).Object
	objects["metadata"] = strings.Replace(fixtures.Defaults(t).Object, "name: stack", "name: stack\n  labels: {a b: c}", 1)
	objects["metadata and a spec"] = strings.Replace(fixtures.Defaults(t).Object, "name: stack", "name: Stack.1\n  labels: {a b: c}", 1)
	for name, tc := range decodedObjects {
		objects[name] = tc
	}
	for _, name := range fixtures.Samples() {
		data, err := os.ReadFile(fixtures.ReferencePath(name))
		require.NoError(t, err)
		objects["reference "+name] = string(data)
	}
	for name, object := range objects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k.requireFields(t, object)
			online, offline := online(t, k, object), offline(t, object)
			if first, known := firstErrors[name]; known {
				assert.Len(t, online.rejected, 1, first.why)
				assert.Contains(t, online.rejected[0], first.rejected, first.why)
				assert.Greater(t, len(offline.rejected), 1, "all errors are reported")
				return
			}
			assert.Equal(t, online.rejected, offline.rejected)
			if len(online.rejected) == 0 {
				assert.Equal(t, online.warnings, offline.warnings)
			}
		})
	}
}

// online validates with the API server, strictly as kubectl does.
func online(t *testing.T, k kubectl, object string) verdict {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", shared.Kubeconfig)
	require.NoError(t, err)
	var v verdict
	config.WarningHandler = &warningsInto{&v.warnings}
	c, err := client.New(config, client.Options{})
	require.NoError(t, err)
	u := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal([]byte(object), &u.Object))
	u.SetNamespace(k.namespace)
	err = c.Create(t.Context(), u, client.DryRunAll, client.FieldValidation("Strict"))
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		v.rejected = []string{}
		if details := status.Status().Details; details != nil && len(details.Causes) > 0 {
			for _, cause := range details.Causes {
				// For an object with wrong types, the API server also reports checks that it could not make.
				if cause.Field != "<nil>" && !strings.HasPrefix(cause.Field, ".") {
					v.rejected = append(v.rejected, cause.Field)
				}
			}
		} else {
			v.rejected = append(v.rejected, status.Status().Message)
		}
	} else {
		require.NoError(t, err)
	}
	return v.sorted()
}

// warningsInto collects the warnings of the API server.
type warningsInto struct{ warnings *[]string }

var _ rest.WarningHandler = &warningsInto{}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warningsInto) HandleWarningHeader(_ int, _ string, text string) {
	*w.warnings = append(*w.warnings, text)
}

// offline validates with kubectl-llm.
func offline(t *testing.T, object string) verdict {
	t.Helper()
	var v verdict
	for _, f := range offlineFindings(t, object) {
		if f.Level == "error" {
			v.rejected = append(v.rejected, f.Path)
		} else {
			v.warnings = append(v.warnings, f.Path+": "+f.Message)
		}
	}
	return v.sorted()
}

type finding struct{ Level, Rule, Path, Message string }

// offlineFindings returns what kubectl llm validate finds in an object. Its exit code has to be 1 if an error is
// among the findings, and 0 otherwise.
func offlineFindings(t *testing.T, object string, flags ...string) []finding {
	t.Helper()
	cmd := exec.Command(plugin, append([]string{"validate", "-o", "json", "-f", "-"}, flags...)...)
	cmd.Stdin = strings.NewReader(object)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var report struct{ Findings []finding }
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &report), "%v: %s", err, stderr.String())
	refused := slices.ContainsFunc(report.Findings, func(f finding) bool { return f.Level == "error" })
	assert.Equal(t, refused, cmd.ProcessState.ExitCode() == 1)
	return report.Findings
}

func (v verdict) sorted() verdict {
	slices.Sort(v.rejected)
	slices.Sort(v.warnings)
	v.rejected = slices.Compact(v.rejected)
	return v
}
