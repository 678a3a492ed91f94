// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"bufio"
	"errors"
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

// crashEnv is the environment variable that makes this program start a cluster and end without
// stopping it. Its value says how.
const crashEnv = "LLM_OPERATOR_CLUSTER_TEST_CRASH"

func TestMain(m *testing.M) {
	cluster.Supervise()
	if mode := os.Getenv(crashEnv); mode != "" {
		err := startAndCrash(mode)
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// startAndCrash starts a cluster, prints its directory, and then panics or waits for a signal. It
// returns only if the cluster cannot be started or the signal came too late.
func startAndCrash(mode string) error {
	if mode == "interrupt while starting" {
		_, err := cluster.Up(os.Getenv("DIR"), cluster.Options{})
		return errors.Join(errors.New("Up returned before the interrupt"), err)
	}
	c, err := cluster.Start(cluster.Options{})
	if err != nil {
		return err
	}
	fmt.Println(c.Dir)
	if mode == "panic" {
		panic("simulated panic of a test")
	}
	select {} // until the signal comes
}

// All processes and files of a cluster are cleaned up, however the program that started it ends.
func TestCleanupAfterCrash(t *testing.T) {
	t.Parallel()
	for mode, signal := range map[string]syscall.Signal{"panic": 0, "interrupt": syscall.SIGINT, "kill": syscall.SIGKILL} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), crashEnv+"="+mode)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			dir := strings.TrimSpace(line)
			require.NotEmpty(t, processesWith(t, dir))
			if signal != 0 {
				// Ctrl-C sends the signal to the whole process group.
				require.NoError(t, syscall.Kill(-cmd.Process.Pid, signal))
			}
			require.Error(t, cmd.Wait())
			require.EventuallyWithT(t, func(c *assert.CollectT) {
				assert.Empty(c, processesWith(t, dir))
				assert.NoDirExists(c, dir)
			}, time.Minute, 50*time.Millisecond)
		})
	}
}

func TestUpAndDownAreIdempotent(t *testing.T) {
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
		assert.Empty(t, processesWith(t, dir))
	}
}

func TestUpCleansUpAfterInterrupt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cluster")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"=interrupt while starting", "DIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return len(processesWith(t, dir)) > 0 }, time.Minute, 10*time.Millisecond)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	require.Error(t, cmd.Wait())
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Empty(c, processesWith(t, dir))
		assert.NoDirExists(c, dir)
	}, time.Minute, 50*time.Millisecond)
}

func TestStartCleansUpAfterFailure(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"manager that does not start":       {"exit 1", "asking the manager for its flags: exit status 1"},
		"manager that exits once it starts": {`[ "$1" = --help ] || exit 1`, "manager exited (exit status 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			manager := filepath.Join(t.TempDir(), "manager")
			require.NoError(t, os.WriteFile(manager, []byte("#!/bin/sh\n"+tc.script+"\n"), 0o700)) //nolint:gosec // a program
			t.Setenv("TMPDIR", t.TempDir())
			_, err := cluster.Start(cluster.Options{Manager: manager})
			require.ErrorContains(t, err, tc.want)
			left, err := os.ReadDir(os.Getenv("TMPDIR"))
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}

// processesWith returns the command lines of the processes that contain dir.
func processesWith(t *testing.T, dir string) []string {
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
