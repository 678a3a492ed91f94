// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// pidFile is the file, in the directory of a detached cluster, with the process ID of its
// supervisor.
const pidFile = "pid"

// DetachedDir is the directory of the cluster of "make up", relative to Root.
const DetachedDir = ".cluster"

// Up starts a cluster that keeps running when this process ends, unless it is already running, and
// returns the path of its kubeconfig. The cluster's files are in dir, which is deleted when the
// cluster stops. If this process ends before the cluster is up, the cluster is cleaned up.
func Up(dir string, opts Options) (kubeconfig string, err error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	kubeconfig = filepath.Join(dir, "kubeconfig")
	if _, running := findSupervisor(dir); running {
		return kubeconfig, nil
	}
	// A supervisor that was killed leaves files behind.
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("deleting the files of an old cluster: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("creating the cluster's directory: %w", err)
	}
	c := &Cluster{Dir: dir, Kubeconfig: kubeconfig}
	if err := c.start(supervisorConfig{Options: opts, Root: root, Dir: dir}); err != nil {
		_ = c.Stop() // returns the same error
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	pid := strconv.Itoa(c.supervisor.Process.Pid)
	if err := os.WriteFile(filepath.Join(dir, pidFile), []byte(pid), 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("writing the process ID of the supervisor: %w", err), c.Stop())
	}
	if err := json.NewEncoder(c.commands).Encode(command{Name: commandDetach}); err != nil {
		return "", errors.Join(fmt.Errorf("detaching the supervisor: %w", err), c.Stop())
	}
	return kubeconfig, nil
}

// Down stops the cluster that Up has started in dir and waits until all processes have ended and all
// files are deleted. It does nothing if no cluster is running.
func Down(dir string) error {
	pid, running := findSupervisor(dir)
	if !running {
		return os.RemoveAll(dir)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping process %d: %w", pid, err)
	}
	err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, 4*stopTimeout, true, func(context.Context) (bool, error) {
		// The process ID file is deleted before other files in its directory.
		return !isSupervisor(pid, dir), nil
	})
	if err != nil {
		return fmt.Errorf("process %d did not end; see %s: %w", pid, filepath.Join(dir, "log"), err)
	}
	return nil
}

// findSupervisor returns the process ID of the supervisor of the cluster in dir, if it is running.
func findSupervisor(dir string) (pid int, running bool) {
	data, err := os.ReadFile(filepath.Join(dir, pidFile))
	if err != nil {
		return 0, false
	}
	if pid, err = strconv.Atoi(strings.TrimSpace(string(data))); err != nil {
		return 0, false
	}
	return pid, isSupervisor(pid, dir)
}

// isSupervisor reports whether the process is the supervisor of the cluster in dir, and not another
// process that reuses its ID.
func isSupervisor(pid int, dir string) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return os.IsNotExist(err) && !procMounted()
	}
	return strings.Contains(string(environment), configEnv+"=") && strings.Contains(string(environment), dir)
}

// procMounted reports whether the system has a /proc file system.
func procMounted() bool {
	_, err := os.Stat("/proc/self/environ")
	return err == nil
}
