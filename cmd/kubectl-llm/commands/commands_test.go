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

// Defaults are added; everything else is unchanged.
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
