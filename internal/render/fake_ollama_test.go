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
	"testing"

	"github.com/stretchr/testify/require"
)

// fakeOllama is a script that records its arguments, one per line, and has the models in a file. It
// cannot pull models named "missing...", pulls "flaky..." at the third attempt only, and hangs with
// "hang...".
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

// A fakeServer is a directory with fakeOllama and its files.
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

// command returns a command that runs a script of the package as the kubelet does, with shorter waits.
func (f fakeServer) command(ctx context.Context, shell, script string, models ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, shell, append([]string{filepath.Join("scripts", script)}, models...)...)
	cmd.Env = []string{
		"PATH=" + f.dir + ":" + os.Getenv("PATH"), "FAKE=" + f.dir,
		"OLLAMA_WAIT=3", "OLLAMA_ATTEMPTS=3", "OLLAMA_BACKOFF=0", "OLLAMA_PAUSE=0",
		"OLLAMA_LOG=" + filepath.Join(f.dir, "log"), "OLLAMA_MESSAGE=" + filepath.Join(f.dir, "message"),
	}
	return cmd
}

// shells returns the installed shells. The images have dash and bash as sh.
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

func fileExists(f fakeServer, name string) bool {
	_, err := os.Stat(filepath.Join(f.dir, name))
	return err == nil
}

// lines returns the lines that are not empty.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}
