// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"context"
	"errors"
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

// fakeOllama records its arguments, each on a line of its own behind a count, and
// knows the models whose names stand in a file. Models named "missing..." are not
// to be had, and "flaky..." only at the third attempt.
const fakeOllama = `#!/bin/sh
{
    printf 'call %s %s\n' "$#" "$OLLAMA_HOST"
    for argument in "$@"; do printf 'argument %s\n' "$argument"; done
} >>"$FAKE/calls"
command=$1
eval "model=\${$#}"
case $command in
list)
    looks=$(cat "$FAKE/looks" 2>/dev/null || echo 0)
    echo $((looks + 1)) >"$FAKE/looks"
    [ "$looks" -ge "$(cat "$FAKE/late" 2>/dev/null || echo 0)" ]
    ;;
show)
    case $model in
    hang*)
        : >"$FAKE/hanging"
        exec sleep 60
        ;;
    esac
    grep -qxF -e "$model" "$FAKE/models" && exit
    printf '\nError: model not found\n\n' >&2
    exit 1
    ;;
pull)
    printf '\033[?25l\033[1Gpulling manifest\r\033[K\n' >&2
    case $model in
    missing*)
        printf '\033[?25hError: pull model manifest: file does not exist\n\n' >&2
        exit 1
        ;;
    hang*)
        : >"$FAKE/hanging"
        exec sleep 60
        ;;
    flaky*)
        echo try >>"$FAKE/tries"
        [ "$(grep -c try "$FAKE/tries")" -ge 3 ] || exit 1
        ;;
    esac
    printf '%s\n' "$model" >>"$FAKE/models"
    ;;
esac
`

// A fakeServer is a folder with the fake and what it knows.
type fakeServer struct{ dir string }

func newFakeServer(t *testing.T, present ...string) fakeServer {
	t.Helper()
	f := fakeServer{dir: t.TempDir()}
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "ollama"), []byte(fakeOllama), 0o700)) //nolint:gosec // a program
	f.write(t, "models", strings.Join(present, "\n")+"\n")
	return f
}

func (f fakeServer) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600))
}

func (f fakeServer) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	require.NoError(t, err)
	return string(data)
}

// command runs a script of the package as the kubelet would, quicker.
func (f fakeServer) command(ctx context.Context, shell, script string, models ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, shell, append([]string{filepath.Join("scripts", script)}, models...)...)
	cmd.Env = []string{
		"PATH=" + f.dir + ":" + os.Getenv("PATH"), "FAKE=" + f.dir,
		"OLLAMA_WAIT=3", "OLLAMA_ATTEMPTS=3", "OLLAMA_BACKOFF=0", "OLLAMA_PAUSE=0",
		"OLLAMA_LOG=" + filepath.Join(f.dir, "log"), "OLLAMA_MESSAGE=" + filepath.Join(f.dir, "message"),
	}
	return cmd
}

// shells are those of the images: dash is Ubuntu's sh.
func shells(t *testing.T) []string {
	t.Helper()
	found := []string{"sh"}
	for _, shell := range []string{"dash", "bash"} {
		if _, err := exec.LookPath(shell); err == nil {
			found = append(found, shell)
		}
	}
	return found
}

func TestPullModels(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		present []string
		files   map[string]string
		env     []string
		models  []string
		fails   bool
		stderr  string
		after   []string
		log     []string
	}{
		"pulls all": {
			models: []string{"llama2:7b", "mistral:7b"},
			after:  []string{"llama2:7b", "mistral:7b"},
			log:    []string{"pulling llama2:7b", "mistral:7b is available"},
		},
		"already there": {
			present: []string{"llama2:7b"},
			models:  []string{"llama2:7b"},
			after:   []string{"llama2:7b"},
			log:     []string{"llama2:7b is already available"},
		},
		"server late": {
			files:  map[string]string{"late": "2"},
			models: []string{"llama2:7b"},
			after:  []string{"llama2:7b"},
		},
		"server never": {
			files:  map[string]string{"late": "1000"},
			models: []string{"llama2:7b"},
			fails:  true,
			stderr: "the Ollama server does not respond after 3s\n",
		},
		"one missing, the others are pulled all the same": {
			models: []string{"missing:1b", "llama2:7b"},
			fails:  true,
			stderr: "model missing:1b: Error: pull model manifest: file does not exist\n",
			after:  []string{"llama2:7b"},
			log:    []string{"pulling missing:1b (attempt 3)"},
		},
		"all missing, each is named": {
			models: []string{"missing:1b", "missing-too:1b"},
			fails:  true,
			stderr: "model missing:1b: Error: pull model manifest: file does not exist\n" +
				"model missing-too:1b: Error: pull model manifest: file does not exist\n",
		},
		"the third attempt succeeds": {
			models: []string{"flaky:1b"},
			after:  []string{"flaky:1b"},
		},
		"neither log nor termination message can be written": {
			env:    []string{"OLLAMA_LOG=/nonexistent/log", "OLLAMA_MESSAGE=/nonexistent/message"},
			models: []string{"llama2:7b", "missing:1b"},
			fails:  true,
			stderr: "model missing:1b: Error: pull model manifest: file does not exist\n",
			after:  []string{"llama2:7b"},
		},
	} {
		for _, shell := range shells(t) {
			t.Run(name+"/"+shell, func(t *testing.T) {
				t.Parallel()
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
				assert.NotContains(t, f.read(t, "calls"), "call 1 \n", "the server is asked on loopback")
				assert.Contains(t, f.read(t, "calls"), " 127.0.0.1:11434\n")
			})
		}
	}
}

func TestShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed")
	}
	out, err := exec.CommandContext(t.Context(), shellcheck,
		"--shell=sh", "scripts/pull-models.sh", "scripts/check-models.sh", "scripts/wait-for-models.sh", "scripts/seed-data.sh").CombinedOutput()
	require.NoError(t, err, string(out))
}

// A model's name is an argument and never part of a script, whatever stands in it.
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
	require.Error(t, cmd.Wait(), "an interrupted hook does not count as done")
	assert.Equal(t, []string{"llama2:7b"}, lines(f.read(t, "models")), "what was pulled stays")
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

// An init container ends at once when its pod is deleted, whatever it is doing.
func TestWaitForModelsTerminated(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]string{"between two looks": "absent:1b", "while it looks": "hang:1b"} {
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

// endsOnTerm sends SIGTERM to the shell alone, as a kubelet does to the first process
// of a container, and expects it to end within the time of a blink.
func endsOnTerm(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	sent := time.Now()
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, 143, exit.ExitCode())
	assert.Less(t, time.Since(sent), 5*time.Second)
}

func fileExists(f fakeServer, name string) bool {
	_, err := os.Stat(filepath.Join(f.dir, name))
	return err == nil
}

// lines are the lines of text that are not empty.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}
