// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
)

// stageEnv is the environment variable with the role of a process. Outer has none, and inner none after
// Enter.
const stageEnv = "LLM_OPERATOR_SANDBOX"

// keeperEnv is the environment variable with the keeper's process ID, which inner keeps.
const keeperEnv = "LLM_OPERATOR_SANDBOX_KEEPER"

const (
	stageKeeper = "keeper"
	stageInit   = "init"
	stageInner  = "inner"
)

// Dir is the directory for the files of the sandbox. It is in memory and disappears with it.
const Dir = "/run/sandbox"

// Outside reports whether this is the process that the user started.
func Outside() bool { return os.Getenv(stageEnv) == "" && os.Getenv(keeperEnv) == "" }

// Enter returns in a process of the sandbox only. In the process that the user started it waits for
// that process and exits with its code. It returns an error if that process cannot be started. The
// program has to be root's.
func Enter() error {
	stage := os.Getenv(stageEnv)
	switch stage {
	case "":
		os.Exit(outer())
	case stageKeeper:
		os.Exit(keeper())
	case stageInit:
		os.Exit(initialize())
	case stageInner:
		return errors.Join(os.Unsetenv(stageEnv), os.Unsetenv(shellEnv))
	}
	return fmt.Errorf("unknown value %q of %s", stage, stageEnv)
}

// outer starts the keeper and waits for it.
func outer() int {
	keeper, err := startKeeper(nil)
	if err != nil {
		return fail(err)
	}
	return waitForKeeper(keeper)
}

// startKeeper starts the keeper, with a connection unless it is nil. The pipe to the keeper closes when
// this process ends or is interrupted.
func startKeeper(far *os.File) (*exec.Cmd, error) {
	deleteAbandoned()
	cmd, err := self(stageKeeper)
	if err != nil {
		return nil, err
	}
	if far != nil {
		cmd.Env = append(cmd.Env, shellEnv+"=1")
		cmd.ExtraFiles = []*os.File{far}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no interrupts from the terminal
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		<-interrupts
		_ = pipe.Close() // the keeper ends the sandbox
	}()
	return cmd, nil
}

// waitForKeeper returns the exit code of the keeper.
func waitForKeeper(cmd *exec.Cmd) int {
	code, err := wait(cmd)
	if err != nil {
		return fail(errors.Join(err, deleteGroups(groupName(cmd.Process.Pid))))
	}
	return code
}

// keeper starts init in new namespaces and waits for it or for the end of outer.
func keeper() int {
	// The death of the thread that starts init counts as that of its parent.
	runtime.LockOSThread()
	name := groupName(os.Getpid())
	if err := createGroups(name); err != nil {
		return fail(errors.Join(err, deleteGroups(name)))
	}
	code, err := runInit()
	if err := errors.Join(err, deleteGroups(name)); err != nil {
		return fail(err)
	}
	return code
}

func runInit() (int, error) {
	if err := os.Setenv(keeperEnv, strconv.Itoa(os.Getpid())); err != nil {
		return 0, err
	}
	cmd, err := self(stageInit)
	if err != nil {
		return 0, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("creating the namespaces: %w", err)
	}
	if err := (message{Init: cmd.Process.Pid}).send(); err != nil {
		return 0, errors.Join(err, cmd.Process.Kill())
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until outer ends
		_ = cmd.Process.Kill()
	}()
	return wait(cmd)
}

// self returns the command that runs this program with the same arguments at another stage.
func self(stage string) (*exec.Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the executable: %w", err)
	}
	cmd := exec.Command(path, os.Args[1:]...)
	cmd.Env = append(os.Environ(), stageEnv+"="+stage)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if connection != nil {
		cmd.ExtraFiles = []*os.File{connection}
	}
	return cmd, nil
}

// wait waits for a process and returns its exit code, or an error if a signal has ended it.
func wait(cmd *exec.Cmd) (int, error) {
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if !cmd.ProcessState.Exited() {
		return 0, fmt.Errorf("the sandbox ended: %s", cmd.ProcessState)
	}
	return cmd.ProcessState.ExitCode(), nil
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "sandbox:", err)
	return 1
}
