// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/golden"
)

const (
	storedStack = `
metadata:
  managedFields:
  - {manager: team, operation: Apply, apiVersion: llm.geeper.io/v1alpha1, time: "2026-01-02T03:04:05Z", fieldsType: FieldsV1,
     fieldsV1: {"f:spec": {"f:ollama": {"f:models": {}, "f:replicas": {}, "f:resources": {"f:limits": {"f:cpu": {}}}}}}}
spec:
  ollama: {models: ["llama2:7b"], replicas: 2, image: ollama/ollama, resources: {limits: {cpu: 2000m}}}
`
	aliasedStack = `
metadata: {ownerReferences: [{apiVersion: llm.geeper.io/v1alpha1, kind: Deployment, name: stack, uid: u, controller: true}]}
spec: {ollama: {models: ["llama2:7b"], replicas: 3}}
`
	twoObjects = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: a}
spec: {ollama: {models: ["llama2:7b"]}}
---
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: b}
spec: {ollama: {models: ["llama2:7b"]}}
`
)

func TestWhyStored(t *testing.T) {
	t.Parallel()
	_, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedStack, resource + "/aliased": aliasedStack})
	code, out, stderr := run(t, "", append([]string{"why", "stack", "ollama.resources.limits.cpu", "-o", "json"}, flags...)...)
	assert.Zero(t, code, stderr)
	golden.Equal(t, filepath.Join("testdata", "why", "stored.json"), out)
	code, out, stderr = run(t, "", append([]string{"why", "stack", "ollama.replicas"}, flags...)...)
	assert.Zero(t, code, stderr)
	assert.Contains(t, out, "spec.ollama.replicas: 2\n  set by team (server-side apply, last change ")
}

// The object of the deprecated kind is explained, whose values users set.
func TestWhyAlias(t *testing.T) {
	t.Parallel()
	_, flags := newFakeAPI(t, map[string]string{resource + "/stack": aliasedStack, deprecatedResource + "/stack": storedStack})
	code, out, stderr := run(t, "", append([]string{"why", "stack", "ollama.replicas"}, flags...)...)
	assert.Zero(t, code, stderr)
	assert.Contains(t, out, "spec.ollama.replicas: 2\n")
}

// An object in a file is explained as it would be stored. What it has of managers does not count.
func TestWhyFile(t *testing.T) {
	t.Parallel()
	object := "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\n" + storedStack
	code, out, stderr := run(t, object, "why", "-f", "-", "ollama.resources")
	assert.Equal(t, ExitInvalid, code, "it has no name")
	assert.Empty(t, out)
	assert.Contains(t, stderr, "metadata.name")
	allowed := "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: a}\nspec: {ollama: {models: [\"llama2:7b\"], volumes: [{name: a, hostPath: {path: /a}}]}}\n"
	code, out, stderr = run(t, allowed, "why", "-f", "-", "ollama.replicas")
	assert.Zero(t, code, stderr)
	assert.Contains(t, out, "default")
	code, out, stderr = run(t, "", "why", "-f", "testdata/why/stack.yaml")
	assert.Zero(t, code, stderr)
	golden.Equal(t, filepath.Join("testdata", "why", "stack.txt"), out)
}

func TestWhyErrors(t *testing.T) {
	t.Parallel()
	_, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedStack})
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no name":          {[]string{"why"}, ExitUsage, "error: no name specified; use \"kubectl llm why NAME\" or -f FILE\n"},
		"two fields":       {[]string{"why", "-f", "-", "a", "b"}, ExitUsage, "error: with -f, the only argument is the field, but got [\"a\" \"b\"]\n"},
		"unknown output":   {[]string{"why", "stack", "-o", "wide"}, ExitUsage, "error: unknown output format \"wide\", must be one of [\"json\" \"yaml\"]\n"},
		"unknown field":    {append([]string{"why", "stack", "ollama.replica"}, flags...), ExitUsage, "error: spec.ollama has no field \"replica\"; did you mean \"spec.ollama.replicas\"?\n"},
		"not found":        {append([]string{"why", "other"}, flags...), ExitInvalid, "error: ollamadeployments/other not found\n"},
		"two objects":      {[]string{"why", "-f", "-"}, ExitUsage, "error: - has 2 OllamaDeployments, must have one\n"},
		"no such file":     {[]string{"why", "-f", "no.yaml"}, ExitUsage, "error: no.yaml: no such file or directory\n"},
		"too many fields":  {[]string{"why", "a", "b", "c"}, ExitUsage, "error: accepts at most 2 arg(s), received 3; see \"kubectl llm why --help\"\n"},
		"field with codes": {append([]string{"why", "stack", "\x1b[31m"}, flags...), ExitUsage, "error: spec has no field \"\\x1b\", must be one of [\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, twoObjects, tc.args...)
			assert.Equal(t, tc.code, code)
			assert.Empty(t, out)
			assert.True(t, strings.HasPrefix(stderr, tc.want), stderr)
		})
	}
}

func TestWhyCompletion(t *testing.T) {
	t.Parallel()
	_, flags := newFakeAPI(t, map[string]string{resource + "/stack": storedStack})
	code, out, stderr := run(t, "", append(append([]string{"__complete", "why"}, flags...), "stack", "spec.ollama.re")...)
	assert.Zero(t, code, stderr)
	assert.Contains(t, out, "spec.ollama.replicas\nspec.ollama.resources.limits[cpu]\n")
}
