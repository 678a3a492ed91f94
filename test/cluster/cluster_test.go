package cluster_test

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

	"github.com/geeper-io/llm-operator/test/cluster"
)

// victimEnv makes this program one that starts a cluster and comes to a bad end.
const victimEnv = "LLM_OPERATOR_VICTIM"

func TestMain(m *testing.M) {
	cluster.Supervise()
	if end := os.Getenv(victimEnv); end != "" {
		victim(end)
		return
	}
	os.Exit(m.Run())
}

// victim starts a cluster, says where, and ends without stopping it.
func victim(end string) {
	if end == "starting" {
		dir := os.Getenv("DIR")
		fmt.Println(dir)
		_, err := cluster.Up(dir, cluster.Options{})
		panic(fmt.Sprintf("it was to be interrupted before it is up: %v", err))
	}
	c, err := cluster.Start(cluster.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Dir)
	if end == "panic" {
		panic("a test panics")
	}
	select {} // until the signal comes
}

// However a program ends, no process and no file of its cluster stays.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	for end, signal := range map[string]syscall.Signal{"panic": 0, "interrupt": syscall.SIGINT, "kill": syscall.SIGKILL} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), victimEnv+"="+end)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			dir := strings.TrimSpace(line)
			require.NotEmpty(t, processesOf(t, dir))
			if signal != 0 {
				// Ctrl-C reaches the whole group of the terminal.
				require.NoError(t, syscall.Kill(-cmd.Process.Pid, signal))
			}
			require.Error(t, cmd.Wait())
			require.EventuallyWithT(t, func(c *assert.CollectT) {
				assert.Empty(c, processesOf(t, dir))
				assert.NoDirExists(c, dir)
			}, time.Minute, 50*time.Millisecond)
		})
	}
}

// Starting and stopping what outlives its program may be repeated.
func TestUpAndDown(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cluster")
	for range 2 {
		kubeconfig, err := cluster.Up(dir, cluster.Options{})
		require.NoError(t, err)
		assert.FileExists(t, kubeconfig)
	}
	for range 2 {
		require.NoError(t, cluster.Down(dir))
		assert.NoDirExists(t, dir)
		assert.Empty(t, processesOf(t, dir))
	}
}

// An interrupt while the cluster starts stops what has started.
func TestUpInterrupted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cluster")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"=starting", "DIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return len(processesOf(t, dir)) > 0 }, time.Minute, 10*time.Millisecond)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	require.Error(t, cmd.Wait())
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, processesOf(t, dir))
		assert.NoDirExists(c, dir)
	}, time.Minute, 50*time.Millisecond)
}

func TestFailedStart(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	_, err := cluster.Start(cluster.Options{Manager: "/bin/false"})
	require.ErrorContains(t, err, "manager ended (exit status 1)")
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// processesOf are the command lines of the processes that have files in dir.
func processesOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), dir) {
			found = append(found, strings.ReplaceAll(string(data), "\x00", " "))
		}
	}
	return found
}
