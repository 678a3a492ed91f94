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

// A command that waits for its input ends when it is told to.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, command := range []string{"validate", "default", "render", "migrate"} {
			t.Run(command+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				read, write, err := os.Pipe()
				require.NoError(t, err)
				t.Cleanup(func() { _ = read.Close(); _ = write.Close() })
				cmd := program(t, os.Args[0], command, "-f", "-")
				cmd.Stdin = read
				require.NoError(t, cmd.Start())
				// More than a pipe holds: written, the program is reading.
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

// What may never end is not read.
func TestPipesAndDevices(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "a.yaml")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for name, argument := range map[string]string{"a pipe": pipe, "a folder with a pipe": dir, "a device": "/dev/zero"} {
		for _, command := range []string{"validate", "default", "render", "migrate"} {
			code, out, stderr := run(t, "", command, argument)
			assert.Equal(t, ExitUsage, code, name)
			assert.Empty(t, out)
			assert.Contains(t, stderr, ": is no regular file; give its contents as standard input (-f -)\n")
		}
	}
}
