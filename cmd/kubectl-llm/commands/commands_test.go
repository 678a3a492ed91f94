// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// run runs kubectl-llm in the test's process.
func run(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = Run(args, genericiooptions.IOStreams{In: strings.NewReader(stdin), Out: &out, ErrOut: &errOut})
	return code, out.String(), errOut.String()
}

const invalidManifest = "testdata/invalid.yaml"

// runMainEnv makes the test binary run as kubectl-llm, for tests that need a process.
const runMainEnv = "KUBECTL_LLM_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMainEnv) != "" {
		os.Exit(Run(os.Args[1:], genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}))
	}
	os.Exit(m.Run())
}

// command returns a command whose process, or child process, runs kubectl-llm.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), runMainEnv+"=1")
	return cmd
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, format := range report.Formats {
		t.Run(format.Name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, "", "validate", invalidManifest, "testdata/broken.yaml", "-o", format.Name)
			assert.Equal(t, ExitUsage, code, "one file cannot be parsed")
			assert.Empty(t, stderr)
			golden.Equal(t, filepath.Join("testdata", "formats", format.Name+".txt"), out)
		})
	}
}

func TestSARIFIsValid(t *testing.T) {
	t.Parallel()
	for _, file := range []string{invalidManifest, fixtures.SamplePath("minimal"), "testdata/broken.yaml"} {
		_, out, _ := run(t, "", "validate", file, "-o", "sarif")
		parsed, err := sarif.FromString(out)
		require.NoError(t, err)
		require.NoError(t, parsed.Validate(), file)
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	valid := `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "a"},
		"spec": {"ollama": {"models": ["llama2:7b"], "imageTag": "1", "resources": {"limits": {"memory": "8Gi"}}}}}`
	const notFound = "error: no OllamaDeployment found; use --allow-empty to allow that\n"
	for name, tc := range map[string]struct {
		stdin  string
		args   []string
		code   int
		out    string
		stderr string
	}{
		"valid":                                       {valid, []string{"validate", "-f", "-"}, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"valid, with warnings as errors":              {valid, []string{"validate", "-f", "-", "--warnings-as-errors"}, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"other kinds only":                            {"kind: A\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings; 1 object of other kinds skipped\n", notFound},
		"empty List":                                  {"apiVersion: v1\nkind: List\nitems: []\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings\n", notFound},
		"sequence instead of an object":               {"- a\n- b\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings; 1 object of other kinds skipped\n", notFound},
		"empty directory":                             {"", []string{"validate", "-f", t.TempDir()}, 2, "0 objects checked: 0 errors, 0 warnings\n", notFound},
		"empty documents":                             {"# nothing\n---\n", []string{"validate", "-", "-o", "junit"}, 2, "", notFound},
		"other kinds only, with --allow-empty":        {"kind: A\n", []string{"validate", "-f", "-", "--allow-empty"}, 0, "0 objects checked: 0 errors, 0 warnings; 1 object of other kinds skipped\n", ""},
		"default without objects, with --allow-empty": {"", []string{"default", "-", "--allow-empty"}, 0, "", ""},
		"migrate of an empty directory":               {"", []string{"migrate", t.TempDir()}, 2, "", "error: no files found; use --allow-empty to allow that\n"},
		"migrate of other kinds":                      {"kind: A\n", []string{"migrate", "-"}, 0, "kind: A\n", ""},
		"migrate with a parse error":                  {"a: [", []string{"migrate", "-"}, 2, "", "error: -:1:1: did not find expected node content\n"},
		"default with a parse error":                  {"a: [", []string{"default", "-"}, 2, "", "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n"},
		"duplicate items in a List":                   {"kind: List\nitems: [{kind: A}]\nitems: []\n", []string{"validate", "-"}, 2, "-:3:1: error: duplicate key \"items\"; only the last value is used\n0 objects checked: 1 error, 0 warnings\n", ""},
		"duplicate spec":                              {strings.TrimSuffix(valid, "}") + `,"spec":{"ollama":{"models":["a:1"],"imageTag":"1","resources":{"limits":{"memory":"8Gi"}}}}}`, []string{"validate", "-"}, 1, "-:2:110: error: spec: duplicate key; only the last value is used\n1 object checked: 1 error, 0 warnings\n", ""},
		"device file":                                 {"", []string{"validate", os.DevNull}, 2, "", "error: /dev/null: is not a regular file; pipe its contents to standard input (-f -)\n"},
		"command with control characters":             {"", []string{"\x1b[2J\u202e"}, 2, "", "error: unknown command \"\\x1b[2J\\u202e\"\n"},
		"file name with control characters":           {"", []string{"validate", "\x1b[2J"}, 2, "", "error: \\x1b[2J: no such file or directory\n"},
		"invalid":                                     {strings.Replace(valid, "llama2:7b", "llama2", 1), []string{"validate", "-"}, 1, "-:2:34: error: spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"?\n1 object checked: 1 error, 0 warnings\n", ""},
		"warning":                                     {strings.Replace(valid, "\"1\"", "\"latest\"", 1), []string{"validate", "-"}, 0, "", ""},
		"warning, with warnings as errors":            {strings.Replace(valid, "\"1\"", "\"latest\"", 1), []string{"validate", "-", "--warnings-as-errors"}, 1, "", ""},
		"parse error":                                 {"a: [", []string{"validate", "-"}, 2, "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n", ""},
		"no file":                                     {"", []string{"validate"}, 2, "", "error: no files specified; use -f FILE, or -f - for standard input\n"},
		"missing file":                                {"", []string{"validate", "none.yaml"}, 2, "", "error: none.yaml: no such file or directory\n"},
		"unknown flag":                                {"", []string{"validate", "--nope"}, 2, "", "error: unknown flag: --nope\n"},
		"unknown format":                              {"", []string{"validate", "-", "-o", "xml"}, 2, "", "error: unknown output format \"xml\", must be one of [\"text\" \"json\" \"sarif\" \"github\" \"junit\"]\n"},
		"unknown command":                             {"", []string{"valdate"}, 2, "", "error: unknown command \"valdate\"; did you mean \"validate\"?\n"},
		"default of other kinds":                      {"kind: A\n", []string{"default", "-"}, 2, "", notFound},
		"default of an invalid object":                {"", []string{"default", invalidManifest}, 1, "", ""},
		"render of an invalid object":                 {"", []string{"render", invalidManifest}, 1, "", ""},
		"too many arguments":                          {"", []string{"status", "a", "b"}, 2, "", "error: accepts 1 arg(s), received 2; see \"kubectl llm status --help\"\n"},
		"missing kubeconfig":                          {"", []string{"status", "a", "--kubeconfig", "none"}, 1, "", ""},
	} {
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

// Defaults are added, and everything else stays as it was written.
func TestDefault(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		for name, file := range map[string]string{sample: fixtures.SamplePath(sample), sample + "-reference": fixtures.ReferencePath(sample)} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				code, out, stderr := run(t, string(data), "default", "-")
				assert.Zero(t, code, stderr)
				golden.Equal(t, filepath.Join("testdata", "default", name+".yaml"), out)
				_, diff, _ := run(t, string(data), "default", "-", "--diff")
				golden.Equal(t, filepath.Join("testdata", "default", name+".diff"), diff)
				_, asJSON, _ := run(t, string(data), "default", "-", "-o", "json")
				code, _, stderr = run(t, asJSON, "validate", "-")
				assert.Zero(t, code, stderr)
			})
		}
	}
}

// Migrating does not change the object.
func TestDefaultAfterMigrate(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		code, migrated, stderr := run(t, "", "migrate", fixtures.ReferencePath(sample))
		require.Zero(t, code, stderr)
		_, want, _ := run(t, "", "default", fixtures.SamplePath(sample))
		_, got, _ := run(t, migrated, "default", "-")
		assert.Equal(t, want, got)
		_, findings, _ := run(t, migrated, "validate", "-")
		assert.NotContains(t, findings, "deprecated")
	}
}

func TestMigrateWritesFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	data, err := os.ReadFile(fixtures.ReferencePath("full"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o640)) //nolint:gosec // the mode is checked below
	code, out, stderr := run(t, "", "migrate", "-f", dir, "--write")
	assert.Zero(t, code)
	assert.Empty(t, out)
	assert.Equal(t, path+" rewritten\n", stderr)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	_, _, stderr = run(t, "", "migrate", "-f", dir, "--write")
	assert.Empty(t, stderr, "already migrated")
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"full", "tabby"} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, "", "render", fixtures.SamplePath(sample))
			assert.Zero(t, code, stderr)
			assert.NotContains(t, out, "ownerReferences")
			golden.Equal(t, filepath.Join("testdata", "render", sample+".yaml"), out)
		})
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, out, _ := run(t, "", "version")
	assert.Zero(t, code)
	assert.Contains(t, out, "llm.geeper.io/v1alpha1\n")
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, out, _ := run(t, "", "completion", shell)
		assert.Zero(t, code)
		assert.NotEmpty(t, out)
	}
	_, out, _ := run(t, "", "__complete", "validate", "-o", "")
	assert.Contains(t, out, "sarif\n")
}

// Every command has a description and examples.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, cmd := range New(genericiooptions.NewTestIOStreamsDiscard()).Commands() {
		assert.NotEmpty(t, cmd.Short, cmd.Name())
		if cmd.Name() != "version" {
			assert.NotEmpty(t, cmd.Long, cmd.Name())
			assert.NotEmpty(t, cmd.Example, cmd.Name())
		}
	}
}
