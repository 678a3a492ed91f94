// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
)

// shellEnv is the environment variable of processes that have a connection to outer, because it runs a
// shell.
const shellEnv = "LLM_OPERATOR_SANDBOX_SHELL"

// connection is the connection to outer, as file descriptor 3, or nil. It is not inherited by programs
// that are started otherwise than by self.
var connection = inheritConnection()

func inheritConnection() *os.File {
	if os.Getenv(shellEnv) == "" {
		return nil
	}
	const fd = 3
	syscall.CloseOnExec(fd)
	return os.NewFile(fd, "connection")
}

// A message is what the keeper and inner send to outer, which merges them.
type message struct {
	// Init is the process ID of init outside of the sandbox.
	Init int `json:",omitempty"`
	// Environment has the additional environment variables of the shell.
	Environment []string `json:",omitempty"`
}

func (m message) send() error {
	if connection == nil {
		return nil
	}
	return json.NewEncoder(connection).Encode(m)
}

// EnterShell is like Enter, but the process that the user started runs a shell in the sandbox when
// ServeShell is called there, and exits with its code.
func EnterShell() error {
	if Outside() {
		os.Exit(outerShell())
	}
	return Enter()
}

// ServeShell starts the shell with additional environment variables and waits until it has ended.
func ServeShell(environment ...string) error {
	if err := (message{Environment: environment}).send(); err != nil {
		return fmt.Errorf("starting the shell: %w", err)
	}
	if _, err := io.Copy(io.Discard, connection); err != nil {
		return fmt.Errorf("waiting for the shell: %w", err)
	}
	return nil
}

// outerShell is outer with a shell, whose exit code it returns.
func outerShell() int {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fail(fmt.Errorf("creating a connection: %w", err))
	}
	near, far := os.NewFile(uintptr(fds[0]), "near"), os.NewFile(uintptr(fds[1]), "far")
	keeper, err := startKeeper(far)
	_ = far.Close() // the keeper has it
	if err != nil {
		return fail(err)
	}
	code, err := runShell(near)
	_ = near.Close() // tells the sandbox that the shell has ended
	end := waitForKeeper(keeper)
	switch {
	case end != 0:
		return end
	case err != nil:
		return fail(err)
	}
	return code
}

// runShell waits until the sandbox is ready, runs the shell and returns its exit code.
func runShell(near io.Reader) (int, error) {
	var m message
	for decoder := json.NewDecoder(near); m.Init == 0 || m.Environment == nil; {
		if err := decoder.Decode(&m); err != nil {
			return 0, fmt.Errorf("waiting for the sandbox: %w", err)
		}
	}
	cmd := exec.Command("nsenter", "--target", strconv.Itoa(m.Init), "--mount", "--net", "--pid", "--wd", "--", cmp.Or(os.Getenv("SHELL"), "/bin/sh"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = slices.Concat(os.Environ(), m.Environment)
	err := cmd.Run()
	if exit := (&exec.ExitError{}); err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("starting the shell: %w", err)
	}
	if !cmd.ProcessState.Exited() {
		return 0, fmt.Errorf("the shell ended: %s", cmd.ProcessState)
	}
	return cmd.ProcessState.ExitCode(), nil
}
