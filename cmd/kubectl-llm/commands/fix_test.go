// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/golden"
)

// What fix prints: the file, a diff, and to standard error the corrections and the errors that remain.
func TestFix(t *testing.T) {
	t.Parallel()
	code, out, stderr := run(t, "", "fix", invalidManifest)
	assert.Equal(t, ExitInvalid, code)
	golden.Equal(t, filepath.Join("testdata", "fix", "invalid.yaml"), out)
	golden.Equal(t, filepath.Join("testdata", "fix", "invalid.stderr.txt"), stderr)
	code, out, again := run(t, "", "fix", "--diff", invalidManifest)
	assert.Equal(t, ExitInvalid, code)
	golden.Equal(t, filepath.Join("testdata", "fix", "invalid.diff"), out)
	assert.Equal(t, stderr, again)
}

const fixable = `apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec: {ollama: {models: [llama2]}}
`

func TestFixExitStatus(t *testing.T) {
	t.Parallel()
	fixedText := strings.Replace(fixable, "llama2", "llama2:latest", 1)
	const change = "-:4:26: fixed: spec.ollama.models[0] becomes \"llama2:latest\"\n"
	broken := "-:5:1: error: did not find expected node content\n1 object checked: 1 error, 0 warnings\n"
	for name, tc := range map[string]exitCase{
		"all corrected":      {fixable, []string{"fix", "-"}, 0, fixedText, change},
		"nothing to correct": {fixedText, []string{"fix", "-"}, 0, fixedText, ""},
		"diff": {fixable, []string{"fix", "-", "--diff"}, 0, "--- -\n+++ -\n@@ -1,4 +1,4 @@\n apiVersion: llm.geeper.io/v1alpha1\n kind: OllamaDeployment\n metadata: {name: stack}\n" +
			"-spec: {ollama: {models: [llama2]}}\n+spec: {ollama: {models: [llama2:latest]}}\n", change},
		"diff without a final newline": {strings.TrimSuffix(fixable, "\n"), []string{"fix", "-", "--diff"}, 0, "--- -\n+++ -\n@@ -1,4 +1,4 @@\n apiVersion: llm.geeper.io/v1alpha1\n kind: OllamaDeployment\n metadata: {name: stack}\n" +
			"-spec: {ollama: {models: [llama2]}}\n\\ No newline at end of file\n+spec: {ollama: {models: [llama2:latest]}}\n\\ No newline at end of file\n", change},
		"diff of nothing":          {fixedText, []string{"fix", "-", "--diff"}, 0, "", ""},
		"standard input and write": {fixable, []string{"fix", "-", "--write"}, 0, fixedText, change},
		"no suggestion":            {strings.Replace(fixable, "llama2", "a b", 1), []string{"fix", "-"}, 1, strings.Replace(fixable, "llama2", "a b", 1), ""},
		"an option of validate":    {strings.Replace(fixedText, "models", "volumes: [{name: a, hostPath: {path: /a}}], models", 1), []string{"fix", "-", "--allow-host-path"}, 0, "", ""},
		"parse error":              {fixable + "--- a: [\n", []string{"fix", "-"}, 2, fixedText + "--- a: [\n", change + broken},
		"other kinds":              {"kind: A\n", []string{"fix", "-"}, 2, "kind: A\n", "error: no OllamaDeployment found; use --allow-empty to allow that\n"},
		"other kinds, allowed":     {"kind: A\n", []string{"fix", "-", "--allow-empty"}, 0, "kind: A\n", ""},
		"write and diff":           {fixable, []string{"fix", "-", "--write", "--diff"}, 2, "", "error: --write and --diff exclude each other\n"},
		"missing file":             {"", []string{"fix", "none.yaml"}, 2, "", "error: none.yaml: no such file or directory\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, tc.stdin, tc.args...)
			assert.Equal(t, tc.code, code, stderr)
			if tc.code != ExitInvalid {
				assert.Equal(t, tc.stderr, stderr)
			}
			if tc.out != "" || tc.code != 0 {
				assert.Equal(t, tc.out, out)
			}
		})
	}
}

// All files are printed and all errors reported, also if a document cannot be parsed or a file cannot be in a stream.
func TestFixSeveralFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := write(t, filepath.Join(dir, "a.yaml"), "a: [\n---\nkind: A\n")
	fixed := write(t, filepath.Join(dir, "b.yaml"), fixable)
	invalid := write(t, filepath.Join(dir, "c.yaml"), strings.Replace(fixable, "llama2", "a b", 1))
	literal := write(t, filepath.Join(dir, "d.yaml"), "kind: A\ntext: |\n  a")
	stream := func(path, text string) string { return "---\n# Source: " + path + "\n" + text }
	correct := stream(fixed, strings.Replace(fixable, "llama2", "llama2:latest", 1))
	change := fixed + ":4:26: fixed: spec.ollama.models[0] becomes \"llama2:latest\"\n"
	parseErr := broken + ":1:1: error: did not find expected node content\n"
	invalidErr := invalid + ":4:26: error: spec.ollama.models[0]: Invalid value: \"a b\": must be a model as Ollama names it, [host/][namespace/]model:tag, with letters, digits, '_', '-' and '.'\n"
	streamErr := "error: " + literal + ": cannot be in one YAML stream with other files; process it separately\n"
	testExit(t, map[string]exitCase{
		"parse error": {
			"",
			[]string{"fix", broken, fixed},
			ExitUsage, stream(broken, "a: [\n---\nkind: A\n") + correct,
			change + parseErr + "1 object checked: 1 error, 0 warnings; 1 object of other kinds skipped\n",
		},
		"parse error, invalid object, and a file that cannot be in a stream": {
			"",
			[]string{"fix", literal, invalid, broken},
			ExitUsage, "",
			invalidErr + parseErr + "1 object checked: 2 errors, 0 warnings; 2 objects of other kinds skipped\n" + streamErr,
		},
		"invalid object, and a file that cannot be in a stream": {
			"",
			[]string{"fix", literal, invalid},
			ExitInvalid, "",
			invalidErr + "1 object checked: 1 error, 0 warnings; 1 object of other kinds skipped\n" + streamErr,
		},
		"migrate, too": {
			"",
			[]string{"migrate", broken, fixed, literal},
			ExitUsage, stream(fixed, fixable),
			"error: " + broken + ":1:1: did not find expected node content\n" + streamErr,
		},
	})
}

// Files are written in place, with their mode, and only those that change.
func TestFixWritesFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := write(t, filepath.Join(dir, "a.yaml"), fixable)
	write(t, filepath.Join(dir, "b.yaml"), strings.Replace(fixable, "llama2", "llama2:7b", 1))
	require.NoError(t, os.Chmod(bad, 0o640)) //nolint:gosec // the mode is checked below
	code, out, stderr := run(t, "", "fix", "-R", "-f", dir, "--write")
	assert.Zero(t, code)
	assert.Empty(t, out)
	assert.Equal(t, bad+":4:26: fixed: spec.ollama.models[0] becomes \"llama2:latest\"\n"+bad+" rewritten\n", stderr)
	data, err := os.ReadFile(bad)
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(fixable, "llama2", "llama2:latest", 1), string(data))
	info, err := os.Stat(bad)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	code, _, stderr = run(t, "", "fix", "-R", "-f", dir, "--write")
	assert.Zero(t, code)
	assert.Empty(t, stderr)
}

// What the manifest contains cannot control the terminal.
func TestFixEscapes(t *testing.T) {
	t.Parallel()
	_, _, stderr := run(t, strings.Replace(fixable, "[llama2]", `["\e[2Jhttp://a/b/c:1"], image: "https://a\u202e/b"`, 1), "fix", "-")
	assert.NotContains(t, stderr, "\x1b")
	assert.NotContains(t, stderr, "\u202e")
}

// The fixes of both formats are those of the findings.
func TestFixesInReports(t *testing.T) {
	t.Parallel()
	_, out, _ := run(t, fixable, "validate", "-", "-o", "json")
	var report struct {
		Findings []struct {
			Rule  string
			Fixes []map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &report))
	for _, finding := range report.Findings {
		assert.Equal(t, finding.Rule != "Warning", len(finding.Fixes) == 1, finding.Rule)
	}
	_, out, _ = run(t, fixable, "validate", "-", "-o", "sarif")
	parsed, err := sarif.FromString(out)
	require.NoError(t, err)
	require.NoError(t, parsed.Validate())
	var got []any
	for _, result := range parsed.Runs[0].Results {
		for _, fix := range result.Fixes {
			replacement := fix.ArtifactChanges[0].Replacements[0]
			region := replacement.DeletedRegion
			got = append(got, *fix.Description.Text, *region.StartLine, *region.StartColumn, *region.EndLine, *region.EndColumn, *replacement.InsertedContent.Text)
		}
	}
	assert.Equal(t, []any{`spec.ollama.models[0] becomes "llama2:latest"`, 4, 26, 4, 32, "llama2:latest"}, got)
	_, out, _ = run(t, fixable, "validate", "-", "-o", "github")
	assert.NotContains(t, out, "becomes")
}
