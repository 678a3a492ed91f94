// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"context"
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

// A pullCase is a row of the tests of pull-models.sh.
type pullCase struct {
	present []string          // models before
	files   map[string]string // of the fake server
	env     []string
	models  []string // arguments
	fails   bool
	stderr  string
	after   []string // models after
	log     []string // parts of the log
}

func testPull(t *testing.T, cases map[string]pullCase) {
	t.Helper()
	for name, tc := range cases {
		for _, shell := range shells(t) {
			t.Run(name+"/"+shell, func(t *testing.T) {
				t.Parallel()
				tc.run(t, shell)
			})
		}
	}
}

func (tc pullCase) run(t *testing.T, shell string) {
	t.Helper()
	f := newFakeServer(t, tc.present...)
	for file, text := range tc.files {
		f.write(t, file, text)
	}
	var stderr strings.Builder
	cmd := f.command(t.Context(), shell, "pull-models.sh", tc.models...)
	cmd.Env = append(cmd.Env, tc.env...)
	cmd.Stderr = &stderr
	err := cmd.Run()
	assert.Equal(t, tc.fails, err != nil, "%v", err)
	assert.Equal(t, tc.stderr, stderr.String())
	assert.Equal(t, tc.after, lines(f.read(t, "models")))
	if tc.env == nil {
		assert.Equal(t, tc.stderr, f.read(t, "message"), "the termination message")
	}
	for _, text := range tc.log {
		assert.Contains(t, f.read(t, "log"), text)
	}
	assert.NotContains(t, f.read(t, "calls"), "call 1 \n", "a call without OLLAMA_HOST")
	assert.Contains(t, f.read(t, "calls"), " 127.0.0.1:11434\n")
}

func TestPullModels(t *testing.T) {
	t.Parallel()
	testPull(t, map[string]pullCase{
		"pulls all models": {
			models: []string{"llama2:7b", "mistral:7b"},
			after:  []string{"llama2:7b", "mistral:7b"},
			log:    []string{"pulling llama2:7b", "mistral:7b is available"},
		},
		"skips a present model": {
			present: []string{"llama2:7b"},
			models:  []string{"llama2:7b"},
			after:   []string{"llama2:7b"},
			log:     []string{"llama2:7b is already available"},
		},
		"waits for the server": {
			files:  map[string]string{"late": "2"},
			models: []string{"llama2:7b"},
			after:  []string{"llama2:7b"},
		},
		"retries a failed pull": {
			models: []string{"flaky:1b"},
			after:  []string{"flaky:1b"},
		},
	})
}

func TestPullModelsFails(t *testing.T) {
	t.Parallel()
	testPull(t, map[string]pullCase{
		"server does not start": {
			files:  map[string]string{"late": "1000"},
			models: []string{"llama2:7b"},
			fails:  true,
			stderr: "the Ollama server does not respond after 3s\n",
		},
		"pulls the other models if one is missing": {
			models: []string{"missing:1b", "llama2:7b"},
			fails:  true,
			stderr: "model missing:1b: Error: pull model manifest: file does not exist\n",
			after:  []string{"llama2:7b"},
			log:    []string{"pulling missing:1b (attempt 3)"},
		},
		"reports every missing model": {
			models: []string{"missing:1b", "missing-too:1b"},
			fails:  true,
			stderr: "model missing:1b: Error: pull model manifest: file does not exist\n" +
				"model missing-too:1b: Error: pull model manifest: file does not exist\n",
		},
		"log and termination message cannot be written": {
			env:    []string{"OLLAMA_LOG=/nonexistent/log", "OLLAMA_MESSAGE=/nonexistent/message"},
			models: []string{"llama2:7b", "missing:1b"},
			fails:  true,
			stderr: "model missing:1b: Error: pull model manifest: file does not exist\n",
			after:  []string{"llama2:7b"},
		},
	})
}

func TestShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed")
	}
	scripts, err := filepath.Glob("scripts/*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	out, err := exec.CommandContext(t.Context(), shellcheck, append([]string{"--shell=sh"}, scripts...)...).CombinedOutput()
	require.NoError(t, err, string(out))
}

// A model's name is an argument and never part of a script.
func TestHostileModelNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"x; touch pwned", "$(touch pwned)", "`touch pwned`", "a b:c", "-rf", "--help", "'", `"`, `\`, "*", "x\ty", "%s%n", "x && touch pwned", "|touch pwned",
	}
	for _, shell := range shells(t) {
		for _, script := range []string{"pull-models.sh", "check-models.sh", "wait-for-models.sh"} {
			t.Run(script+"/"+shell, func(t *testing.T) {
				t.Parallel()
				present := names
				if script == "pull-models.sh" {
					present = nil
				}
				f := newFakeServer(t, present...)
				out, err := f.command(t.Context(), shell, script, names...).CombinedOutput()
				require.NoError(t, err, string(out))
				calls := lines(f.read(t, "calls"))
				for _, name := range names {
					assert.Contains(t, calls, "argument "+name)
				}
				assert.NoFileExists(t, "pwned")
				assert.NoFileExists(t, "scripts/pwned")
			})
		}
	}
}

func TestPullModelsInterrupted(t *testing.T) {
	t.Parallel()
	f := newFakeServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := f.command(ctx, "sh", "pull-models.sh", "llama2:7b", "hang:1b")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return fileExists(f, "hanging") }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM))
	require.Error(t, cmd.Wait(), "an interrupted hook fails")
	assert.Equal(t, []string{"llama2:7b"}, lines(f.read(t, "models")), "pulled models are preserved")
}

func TestCheckModels(t *testing.T) {
	t.Parallel()
	f := newFakeServer(t, "llama2:7b")
	require.NoError(t, f.command(t.Context(), "sh", "check-models.sh", "llama2:7b").Run())
	out, err := f.command(t.Context(), "sh", "check-models.sh", "llama2:7b", "mistral:7b").CombinedOutput()
	require.Error(t, err)
	assert.Equal(t, "model mistral:7b is not available\n", string(out))
}

func TestWaitForModels(t *testing.T) {
	t.Parallel()
	f := newFakeServer(t)
	cmd := f.command(t.Context(), "sh", "wait-for-models.sh", "llama2:7b")
	cmd.Env = append(cmd.Env, "OLLAMA_HOST=http://stack-ollama:11434")
	out, err := os.Create(filepath.Join(f.dir, "out"))
	require.NoError(t, err)
	defer out.Close()
	cmd.Stdout = out
	require.NoError(t, cmd.Start())
	const waiting = "waiting for model llama2:7b at http://stack-ollama:11434: Error: model not found\n"
	require.Eventually(t, func() bool { return strings.Contains(f.read(t, "out"), waiting) }, 10*time.Second, 10*time.Millisecond)
	f.write(t, "models", "llama2:7b\n")
	require.NoError(t, cmd.Wait())
	assert.True(t, strings.HasSuffix(f.read(t, "out"), "model llama2:7b is available\n"))
}

// The init container ends immediately when its pod is deleted.
func TestWaitForModelsTerminated(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]string{"between two checks": "absent:1b", "during a check": "hang:1b"} {
		for _, shell := range shells(t) {
			t.Run(name+"/"+shell, func(t *testing.T) {
				t.Parallel()
				f := newFakeServer(t)
				cmd := f.command(t.Context(), shell, "wait-for-models.sh", model)
				cmd.Env = append(cmd.Env, "OLLAMA_HOST=http://stack-ollama:11434", "OLLAMA_PAUSE=60")
				out, err := os.Create(filepath.Join(f.dir, "out"))
				require.NoError(t, err)
				defer out.Close()
				cmd.Stdout = out
				require.NoError(t, cmd.Start())
				require.Eventually(t, func() bool {
					return fileExists(f, "hanging") || strings.Contains(f.read(t, "out"), "waiting for")
				}, 10*time.Second, 10*time.Millisecond)
				endsOnTerm(t, cmd)
			})
		}
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
