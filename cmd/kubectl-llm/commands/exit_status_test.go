// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// An exitCase is a row of the tests of exit statuses. Empty outputs are not compared, but a successful
// command must not print errors.
type exitCase struct {
	stdin  string
	args   []string
	code   int
	out    string
	stderr string
}

func testExit(t *testing.T, cases map[string]exitCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, tc.stdin, tc.args...)
			assert.Equal(t, tc.code, code, stderr)
			if tc.out != "" {
				assert.Equal(t, tc.out, out)
			}
			if tc.stderr != "" {
				assert.Equal(t, tc.stderr, stderr)
			}
			if code == 0 {
				assert.Empty(t, stderr)
			}
		})
	}
}

func TestExitStatusOfFindings(t *testing.T) {
	t.Parallel()
	valid := `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "a"},
		"spec": {"ollama": {"models": ["llama2:7b"], "imageTag": "1", "resources": {"limits": {"memory": "8Gi"}}}}}`
	testExit(t, map[string]exitCase{
		"valid":                            {valid, []string{"validate", "-f", "-"}, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"valid, with warnings as errors":   {valid, []string{"validate", "-f", "-", "--warnings-as-errors"}, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"duplicate spec":                   {strings.TrimSuffix(valid, "}") + `,"spec":{"ollama":{"models":["a:1"],"imageTag":"1","resources":{"limits":{"memory":"8Gi"}}}}}`, []string{"validate", "-"}, 1, "-:2:110: error: spec: duplicate key; only the last value is used\n1 object checked: 1 error, 0 warnings\n", ""},
		"invalid":                          {strings.Replace(valid, "llama2:7b", "llama2", 1), []string{"validate", "-"}, 1, "-:2:34: error: spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"?\n1 object checked: 1 error, 0 warnings\n", ""},
		"warning":                          {strings.Replace(valid, "\"1\"", "\"latest\"", 1), []string{"validate", "-"}, 0, "", ""},
		"warning, with warnings as errors": {strings.Replace(valid, "\"1\"", "\"latest\"", 1), []string{"validate", "-", "--warnings-as-errors"}, 1, "", ""},
		"default of an invalid object":     {"", []string{"default", invalidManifest}, 1, "", ""},
		"render of an invalid object":      {"", []string{"render", invalidManifest}, 1, "", ""},
	})
}

func TestExitStatusWithoutObjects(t *testing.T) {
	t.Parallel()
	const notFound = "error: no OllamaDeployment found; use --allow-empty to allow that\n"
	testExit(t, map[string]exitCase{
		"other kinds only":                            {"kind: A\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings; 1 object of other kinds skipped\n", notFound},
		"empty List":                                  {"apiVersion: v1\nkind: List\nitems: []\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings\n", notFound},
		"sequence instead of an object":               {"- a\n- b\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings; 1 object of other kinds skipped\n", notFound},
		"empty directory":                             {"", []string{"validate", "-f", t.TempDir()}, 2, "0 objects checked: 0 errors, 0 warnings\n", notFound},
		"empty documents":                             {"# nothing\n---\n", []string{"validate", "-", "-o", "junit"}, 2, "", notFound},
		"other kinds only, with --allow-empty":        {"kind: A\n", []string{"validate", "-f", "-", "--allow-empty"}, 0, "0 objects checked: 0 errors, 0 warnings; 1 object of other kinds skipped\n", ""},
		"default without objects, with --allow-empty": {"", []string{"default", "-", "--allow-empty"}, 0, "", ""},
		"migrate of an empty directory":               {"", []string{"migrate", t.TempDir()}, 2, "", "error: no files found; use --allow-empty to allow that\n"},
		"migrate of other kinds":                      {"kind: A\n", []string{"migrate", "-"}, 0, "kind: A\n", ""},
		"default of other kinds":                      {"kind: A\n", []string{"default", "-"}, 2, "", notFound},
	})
}

func TestExitStatusOfErrors(t *testing.T) {
	t.Parallel()
	testExit(t, map[string]exitCase{
		"migrate with a parse error":        {"a: [", []string{"migrate", "-"}, 2, "", "error: -:1:1: did not find expected node content\n"},
		"default with a parse error":        {"a: [", []string{"default", "-"}, 2, "", "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n"},
		"default with a format and diff":    {"", []string{"default", "-", "--diff", "-o", "json"}, 2, "", "error: --output and --diff exclude each other\n"},
		"duplicate items in a List":         {"kind: List\nitems: [{kind: A}]\nitems: []\n", []string{"validate", "-"}, 2, "-:3:1: error: duplicate key \"items\"; only the last value is used\n0 objects checked: 1 error, 0 warnings\n", ""},
		"device file":                       {"", []string{"validate", os.DevNull}, 2, "", "error: /dev/null: is not a regular file; pipe its contents to standard input (-f -)\n"},
		"command with control characters":   {"", []string{"\x1b[2J\u202e"}, 2, "", "error: unknown command \"\\x1b[2J\\u202e\"\n"},
		"file name with control characters": {"", []string{"validate", "\x1b[2J"}, 2, "", "error: \\x1b[2J: no such file or directory\n"},
		"parse error":                       {"a: [", []string{"validate", "-"}, 2, "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n", ""},
		"no file":                           {"", []string{"validate"}, 2, "", "error: no files specified; use -f FILE, or -f - for standard input\n"},
		"missing file":                      {"", []string{"validate", "none.yaml"}, 2, "", "error: none.yaml: no such file or directory\n"},
		"unknown flag":                      {"", []string{"validate", "--nope"}, 2, "", "error: unknown flag: --nope\n"},
		"unknown format":                    {"", []string{"validate", "-", "-o", "xml"}, 2, "", "error: unknown output format \"xml\", must be one of [\"text\" \"json\" \"sarif\" \"github\" \"junit\"]\n"},
		"unknown command":                   {"", []string{"valdate"}, 2, "", "error: unknown command \"valdate\"; did you mean \"validate\"?\n"},
		"too many arguments":                {"", []string{"status", "a", "b"}, 2, "", "error: accepts 1 arg(s), received 2; see \"kubectl llm status --help\"\n"},
		"missing kubeconfig":                {"", []string{"status", "a", "--kubeconfig", "none"}, 1, "", ""},
	})
}
