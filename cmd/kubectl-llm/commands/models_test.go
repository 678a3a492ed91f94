// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/golden"
)

const listed = `
spec: {ollama: {models: ["llama2:7b", "library/all-minilm:l6"]}}
status:
  observedGeneration: 1
  removedModels: [{name: "gone:1", removedAt: "2026-01-02T03:04:05Z"}]
  models:
  - {name: "llama2:7b", phase: Pulling, pods: 0/1, progress: 43%, message: "\e[1m"}
`

// modelsObject is the path of the object of the tests.
const modelsObject = resource + "/stack"

func TestModelsList(t *testing.T) {
	t.Parallel()
	for _, output := range []string{"name", "json", "yaml"} {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			_, flags := newFakeAPI(t, map[string]string{modelsObject: listed})
			code, out, stderr := run(t, "", append(flags, "models", "stack", "-o", output)...)
			assert.Zero(t, code, stderr)
			golden.Equal(t, filepath.Join("testdata", "models", output+".txt"), out)
		})
	}
	_, flags := newFakeAPI(t, map[string]string{deprecatedResource + "/stack": listed})
	code, out, stderr := run(t, "", append(flags, "models", "stack")...)
	assert.Zero(t, code, stderr)
	assert.Contains(t, out, "llama2:7b               Pulling   0/1    -      43%        \\x1b[1m\nlibrary/all-minilm:l6   -         -      -\n")
	_, wide, _ := run(t, "", append(flags, "models", "stack", "-o", "wide")...)
	assert.Contains(t, wide, "DIGEST")
}

func TestModelsUsage(t *testing.T) {
	t.Parallel()
	testExit(t, map[string]exitCase{
		"no name":              {"", []string{"models"}, 2, "", "error: requires at least 1 arg(s), only received 0; see \"kubectl llm models --help\"\n"},
		"unknown action":       {"", []string{"models", "stack", "add", "a:1"}, 2, "", "error: unknown action \"add\", must be one of [\"pull\" \"rm\" \"refresh\"]\n"},
		"action first":         {"", []string{"models", "pull", "stack", "a:1"}, 2, "", "error: the name comes first: \"kubectl llm models stack pull\"\n"},
		"pull of nothing":      {"", []string{"models", "stack", "pull"}, 2, "", "error: no models specified; use \"kubectl llm models stack pull MODEL...\"\n"},
		"refresh of one":       {"", []string{"models", "stack", "refresh", "a:1"}, 2, "", "error: refresh takes no models, but got [\"a:1\"]\n"},
		"no tag":               {"", []string{"models", "stack", "pull", "llama3"}, 2, "", "error: \"llama3\": has no tag; write it as \"model:tag\"; did you mean \"llama3:latest\"?\n"},
		"rm without tag":       {"", []string{"models", "stack", "rm", "a", "b"}, 2, "", "error: \"a\": has no tag; write it as \"model:tag\"; did you mean \"a:latest\"?\nerror: \"b\": has no tag; write it as \"model:tag\"; did you mean \"b:latest\"?\n"},
		"output of a change":   {"", []string{"models", "stack", "rm", "a:1", "-o", "name"}, 2, "", "error: --output is for the list of models, not for rm\n"},
		"unknown output":       {"", []string{"models", "stack", "-o", "xml"}, 2, "", "error: unknown output format \"xml\", must be one of [\"wide\" \"name\" \"json\" \"yaml\"]\n"},
		"client dry run":       {"", []string{"models", "stack", "rm", "a:1", "--dry-run=client"}, 2, "", "error: --dry-run=client is not supported, must be none or server\n"},
		"wait for the list":    {"", []string{"models", "stack", "--wait"}, 2, "", "error: --wait and --dry-run need one of [\"pull\" \"rm\" \"refresh\"]\n"},
		"wait for a dry run":   {"", []string{"models", "stack", "refresh", "--wait", "--dry-run=server"}, 2, "", "error: --wait cannot be used with --dry-run=server\n"},
		"timeout without wait": {"", []string{"models", "stack", "refresh", "--timeout=1m"}, 2, "", "error: --timeout must not be negative, and needs --wait\n"},
	})
}

func TestModelsCompletion(t *testing.T) {
	t.Parallel()
	_, flags := newFakeAPI(t, map[string]string{modelsObject: listed, resource: `items: [{metadata: {name: stack}}]`})
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"name":         {[]string{""}, "stack\n:4\n"},
		"action":       {[]string{"stack", ""}, "pull\nrm\nrefresh\n:4\n"},
		"listed":       {[]string{"stack", "rm", ""}, "llama2:7b\nlibrary/all-minilm:l6\n:4\n"},
		"not given":    {[]string{"stack", "rm", "llama2:7b", ""}, "library/all-minilm:l6\n:4\n"},
		"to be pulled": {[]string{"stack", "pull", ""}, ":4\n"},
		"no such name": {[]string{"none", "rm", ""}, ":4\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, out, _ := run(t, "", append(append([]string{"__complete", "models"}, flags...), tc.args...)...)
			assert.Equal(t, tc.want, out)
		})
	}
}
