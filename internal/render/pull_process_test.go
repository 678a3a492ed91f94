// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only one process pulls, whoever starts it, and one that has died is replaced.
func TestPullModelsLock(t *testing.T) {
	t.Parallel()
	eachShell(t, "one of many", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "stalled:1b")
		var hooks []*exec.Cmd
		for range 5 {
			cmd := f.command(t.Context(), "pull-models.sh")
			cmd.Env = append(cmd.Env, "PULL_STALL=100000")
			require.NoError(t, cmd.Start())
			hooks = append(hooks, cmd)
		}
		for _, hook := range hooks {
			require.NoError(t, hook.Wait())
		}
		f.eventually(t, "pulls", "stalled:1b")
		require.Eventually(t, func() bool { return len(f.pullers(t)) == 1 }, 20*time.Second, 10*time.Millisecond)
		assert.Equal(t, "stalled:1b\n", f.read(t, "pulls"))
	})
	eachShell(t, "after one has died", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "llama2:7b")
		f.write(t, "held", "")
		out, err := f.command(t.Context(), "check-models.sh").CombinedOutput()
		require.Error(t, err)
		assert.Equal(t, "model llama2:7b: not available yet\n", string(out))
		f.remove(t, "held")
		f.eventually(t, "log", "llama2:7b is available\n")
		require.Eventually(t, func() bool { return len(f.pullers(t)) == 0 }, 20*time.Second, 10*time.Millisecond)
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run())
		require.NoError(t, os.Symlink(zombie(t), filepath.Join(f.states(t)[0], "puller")))
		f.write(t, "list", "llama2:7b\nphi3:3b\n")
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run(), "the pod remains ready")
		f.eventually(t, "log", "phi3:3b is available\n")
	})
}

// zombie returns what a lock says of a process that has ended, but whose parent has not noticed, as in a
// container whose first process does not expect children.
func zombie(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("true") // the test's context ends before the cleanup
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { require.NoError(t, cmd.Wait()) })
	stat := filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "stat")
	var fields []string
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(stat)
		require.NoError(t, err)
		fields = strings.Fields(string(data))
		return fields[2] == "Z"
	}, 20*time.Second, 10*time.Millisecond)
	return fields[0] + "-" + fields[21]
}

// A container is stopped at once, whatever is pulled.
func TestPullModelsStops(t *testing.T) {
	t.Parallel()
	eachShell(t, "when the pod terminates", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "stalled:1b")
		require.NoError(t, f.command(t.Context(), "pull-models.sh").Run())
		f.eventually(t, "hanging", "\n")
		drain := f.command(t.Context(), "drain.sh")
		drain.Env = append(drain.Env, "OLLAMA_DRAIN_DELAY=0", "OLLAMA_PROC="+f.dir)
		require.NoError(t, drain.Run())
		require.Eventually(t, func() bool { return len(f.pullers(t)) == 0 }, 20*time.Second, 10*time.Millisecond)
		pid := lines(f.read(t, "hanging"))[0]
		require.Eventually(t, func() bool {
			_, err := os.Stat(filepath.Join("/proc", pid, "cwd"))
			return err != nil
		}, 20*time.Second, 10*time.Millisecond, "the pull goes on")
		require.Error(t, f.command(t.Context(), "check-models.sh").Run())
		assert.Empty(t, f.pullers(t), "the probe starts it again")
	})
}
