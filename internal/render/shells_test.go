// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireTools is the environment variable that makes missing shells and tools an error.
const requireTools = "LLM_OPERATOR_REQUIRE_SHELLS"

// missingTool skips the test, or fails it if no tool may be missing.
func missingTool(t *testing.T, name string) {
	t.Helper()
	require.Empty(t, os.Getenv(requireTools), "%s is not installed", name)
	t.Skip(name + " is not installed")
}

// shellNames are the shells that scripts have to work with. The images have dash and bash, with mawk or
// gawk; busybox brings its own versions of all programs.
var shellNames = []string{"dash", "bash", "busybox"}

// awkOf names the awk that is tested with a shell.
var awkOf = map[string]string{"dash": "mawk", "bash": "gawk"}

// eachShell runs a test in parallel for each shell, as a subtest.
func eachShell(t *testing.T, name string, run func(t *testing.T, shell string)) {
	t.Helper()
	for _, shell := range shellNames {
		t.Run(name+"/"+shell, func(t *testing.T) {
			t.Parallel()
			for _, tool := range []string{shell, awkOf[shell]} {
				if _, err := exec.LookPath(tool); tool != "" && err != nil {
					missingTool(t, tool)
				}
			}
			run(t, shell)
		})
	}
}

// shellCommand returns a command that runs a shell with the arguments.
func shellCommand(ctx context.Context, shell string, args ...string) *exec.Cmd {
	if shell == "busybox" {
		args = append([]string{"sh"}, args...)
	}
	return exec.CommandContext(ctx, shell, args...)
}

// installShell makes the programs of a shell the first in a directory for PATH, except those that are
// there already.
func installShell(t *testing.T, shell, dir string) {
	t.Helper()
	if shell != "busybox" {
		installProgram(t, dir, "sh", shell)
		installProgram(t, dir, "awk", awkOf[shell])
		return
	}
	applets, err := exec.CommandContext(t.Context(), shell, "--list").Output()
	require.NoError(t, err)
	for _, name := range lines(string(applets)) {
		installProgram(t, dir, name, shell)
	}
}

func installProgram(t *testing.T, dir, name, program string) {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err)
	if err := os.Symlink(path, filepath.Join(dir, name)); !os.IsExist(err) {
		require.NoError(t, err)
	}
}
