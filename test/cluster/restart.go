// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
)

// restartAPIServer kills the API server, to simulate a crash, starts it again at the same address and
// waits until it is ready.
func (c *controlPlane) restartAPIServer(ctx context.Context) error {
	path, args, err := c.killAPIServer()
	if err != nil {
		return fmt.Errorf("killing the API server: %w", err)
	}
	if c.apiServer, err = startProcess(c.path("log"), "kube-apiserver", path, args...); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(c.config())
	if err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		if err := c.apiServer.exitError(); err != nil {
			return false, err
		}
		return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the API server: %w", err)
	}
	return nil
}

// killAPIServer kills the API server and returns its command line.
func (c *controlPlane) killAPIServer() (path string, args []string, err error) {
	server := c.env.ControlPlane.GetAPIServer()
	pid, args, err := findProcess(server.Path, server.CertDir)
	if err != nil {
		return "", nil, err
	}
	return args[0], args[1:], kill(pid)
}

// maxPause is how long etcd is stopped at most.
const maxPause = 30 * time.Second

// pauseEtcd stops etcd for a while.
func (c *controlPlane) pauseEtcd(ctx context.Context, pause string) (err error) {
	length, err := time.ParseDuration(pause)
	if err != nil {
		return fmt.Errorf("reading the length of a pause: %w", err)
	}
	pid, _, err := findProcess(c.env.ControlPlane.Etcd.Path, c.dir)
	if err != nil {
		return fmt.Errorf("pausing etcd: %w", err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return fmt.Errorf("pausing etcd: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(min(length, maxPause)):
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		return fmt.Errorf("continuing etcd: %w", err)
	}
	return nil
}

// findProcess returns a process and its command line by its program and by a part of an argument, such as a directory
// of its own: envtest does not expose the processes that it starts.
func findProcess(program, argument string) (pid int, args []string, err error) {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return 0, nil, err
	}
	for _, file := range files {
		cmdline, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(cmdline, []byte(program+"\x00")) || !bytes.Contains(cmdline, []byte(argument)) {
			continue // the process has ended, or is another one
		}
		for _, arg := range bytes.Split(bytes.TrimSuffix(cmdline, []byte{0}), []byte{0}) {
			args = append(args, string(arg))
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		return pid, args, err
	}
	return 0, nil, errors.New("the process is not found")
}

// kill kills a process and waits until it has ended.
func kill(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	return wait.PollUntilContextTimeout(context.Background(), 10*time.Millisecond, stopTimeout, true, func(context.Context) (bool, error) {
		return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH), nil
	})
}
