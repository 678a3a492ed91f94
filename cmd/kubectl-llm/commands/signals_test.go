// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package commands

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Signals end a command that waits for standard input.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, subcommand := range []string{"validate", "default", "render", "migrate"} {
			t.Run(subcommand+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				read, write, err := os.Pipe()
				require.NoError(t, err)
				t.Cleanup(func() { _ = read.Close(); _ = write.Close() })
				cmd := command(t, os.Args[0], subcommand, "-f", "-")
				cmd.Stdin = read
				require.NoError(t, cmd.Start())
				// This is more than a pipe buffers: when it is written, the command is reading.
				_, err = write.Write(make([]byte, 1<<20))
				require.NoError(t, err)
				require.NoError(t, cmd.Process.Signal(signal))
				require.Error(t, cmd.Wait())
				status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
				require.True(t, ok)
				assert.Equal(t, signal, status.Signal())
			})
		}
	}
}

func TestPipesAndDevicesAreRejected(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "a.yaml")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for name, argument := range map[string]string{"pipe": pipe, "directory with a pipe": dir, "device": "/dev/zero"} {
		for _, subcommand := range []string{"validate", "default", "render", "migrate"} {
			code, out, stderr := run(t, "", subcommand, argument)
			assert.Equal(t, ExitUsage, code, name)
			assert.Empty(t, out)
			assert.Contains(t, stderr, ": is not a regular file; pipe its contents to standard input (-f -)\n")
		}
	}
}

// Interrupting a wait says how far it got.
func TestModelsInterrupt(t *testing.T) {
	t.Parallel()
	api, flags := newFakeAPI(t, map[string]string{modelsObject: listed})
	api.events, api.open = []string{event(`["llama2:7b", "a:1"]`, `models: [{name: "a:1", phase: Pulling, progress: 5%}]`)}, true
	cmd := command(t, os.Args[0], append([]string{"models", "stack", "pull", "a:1", "--wait"}, flags...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for _, want := range []string{shown + "added a:1", "a:1: Pulling 5%"} {
		require.True(t, lines.Scan())
		require.Equal(t, want, lines.Text())
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, ExitInvalid, exit.ExitCode())
	assert.Equal(t, warning+"error: interrupted; the operator goes on. a:1: Pulling 5%\n", stderr.String())
}

// Interrupting the packing of models leaves nothing behind.
func TestPackInterrupt(t *testing.T) {
	t.Parallel()
	folder, dir := modelsFolder(t, "llama2:7b"), t.TempDir()
	const size = 1 << 40
	digest := strings.Repeat("0", 64)
	fixtures.WriteFile(t, filepath.Join(folder, "manifests", "registry.ollama.ai", "library", "huge", "1"), fmt.Sprintf(`{"layers":[{"digest":"sha256:%s","size":%d}]}`, digest, size))
	blob := filepath.Join(folder, "blobs", "sha256-"+digest)
	fixtures.WriteFile(t, blob, "")
	require.NoError(t, os.Truncate(blob, size)) // takes no space
	cmd := command(t, os.Args[0], "pack", "huge:1", "--models", folder, "-o", filepath.Join(dir, "image.tar"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		entries, err := os.ReadDir(dir)
		return err == nil && len(entries) == 1
	}, time.Minute, time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, ExitInvalid, exit.ExitCode())
	assert.Equal(t, "error: interrupted; no image was written\n", stderr.String())
	assertFiles(t, dir)
}
