// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package commands

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
