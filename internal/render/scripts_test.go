// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		missingTool(t, "shellcheck")
	}
	scripts, err := filepath.Glob("scripts/*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	out, err := exec.CommandContext(t.Context(), shellcheck, append([]string{
		"--shell=sh", "--external-sources", "--source-path=scripts",
		"--exclude=SC3028", // containers have HOSTNAME
	}, scripts...)...).CombinedOutput()
	require.NoError(t, err, string(out))
}

// A model's name is a line or an argument and never part of a script.
func TestHostileModelNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"x; touch pwned", "$(touch pwned)", "`touch pwned`", "a b:c", "-rf", "--help", "--run", "'", `"`, `\`, "*", "%s%n", "x && touch pwned", "|touch pwned", "a\\tb",
	}
	for script, arguments := range map[string][]string{"pull-models.sh": {"--run"}, "wait-for-models.sh": names} {
		eachShell(t, script, func(t *testing.T, shell string) {
			t.Helper()
			available := names
			if script == "pull-models.sh" {
				available = nil
			}
			f := newFakeServer(t, shell, available, names...)
			cmd := f.command(t.Context(), script, arguments...)
			cmd.Env = append(cmd.Env, "OLLAMA_PAUSE=0")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			calls := lines(f.read(t, "calls"))
			for _, name := range names {
				assert.Contains(t, calls, "argument "+name)
				assert.Contains(t, string(out), name)
			}
			if script == "pull-models.sh" {
				assert.Equal(t, names, lines(f.state(t, "there")))
				require.NoError(t, f.command(t.Context(), "check-models.sh").Run())
			}
			assert.NoFileExists(t, "pwned")
			assert.NoFileExists(t, "scripts/pwned")
		})
	}
}

func TestWaitForModels(t *testing.T) {
	t.Parallel()
	f := newFakeServer(t, "dash", nil)
	cmd := f.command(t.Context(), "wait-for-models.sh", "llama2:7b")
	cmd.Env = append(cmd.Env, "OLLAMA_HOST=http://stack-ollama:11434")
	out, err := os.Create(filepath.Join(f.dir, "out"))
	require.NoError(t, err)
	defer out.Close()
	cmd.Stdout = out
	require.NoError(t, cmd.Start())
	const waiting = "waiting for model llama2:7b at http://stack-ollama:11434: Error: model not found\n"
	require.Eventually(t, func() bool { return strings.Contains(f.read(t, "out"), waiting) }, 10*time.Second, 10*time.Millisecond)
	f.write(t, "available", "llama2:7b\n")
	require.NoError(t, cmd.Wait())
	assert.True(t, strings.HasSuffix(f.read(t, "out"), "model llama2:7b is available\n"))
}

// The init container ends immediately when its pod is deleted.
func TestWaitForModelsTerminated(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]string{"between two checks": "absent:1b", "during a check": "hang:1b"} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			f := newFakeServer(t, shell, nil)
			cmd := f.command(t.Context(), "wait-for-models.sh", model)
			cmd.Env = append(cmd.Env, "OLLAMA_HOST=http://stack-ollama:11434", "OLLAMA_PAUSE=60")
			f.remove(t, "bin/sleep")
			installProgram(t, filepath.Join(f.dir, "bin"), "sleep", "/bin/sleep")
			out, err := os.Create(filepath.Join(f.dir, "out"))
			require.NoError(t, err)
			defer out.Close()
			cmd.Stdout = out
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool {
				return f.read(t, "hanging") != "" || strings.Contains(f.read(t, "out"), "waiting for")
			}, 10*time.Second, 10*time.Millisecond)
			endsOnTerm(t, cmd)
		})
	}
}

// endsOnTerm sends SIGTERM to the shell only, as a kubelet does to the first process of a container,
// and asserts that it ends within 5 seconds.
func endsOnTerm(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	sent := time.Now()
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, 143, exit.ExitCode())
	assert.Less(t, time.Since(sent), 5*time.Second)
}
