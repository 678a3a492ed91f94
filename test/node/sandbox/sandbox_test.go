// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sandbox_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// taskEnv names what the program does in the sandbox.
const taskEnv = "LLM_OPERATOR_SANDBOX_TASK"

func TestMain(m *testing.M) {
	task := os.Getenv(taskEnv)
	if task == "" {
		os.Exit(m.Run())
	}
	enter := sandbox.Enter
	if strings.HasPrefix(task, "4000") {
		enter = sandbox.EnterShell
	}
	if err := enter(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if err := work(task); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// work starts a process in the sandbox's control group that nobody waits for, changes what belongs to
// the whole machine, says so and ends as the task demands.
func work(task string) error {
	orphan := exec.Command("sleep", task)
	orphan.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := orphan.Start(); err != nil {
		return err
	}
	groups, err := groupDirs(sandbox.Group())
	if err != nil {
		return err
	}
	for _, group := range groups {
		child := filepath.Join(group, "pod")
		if err := os.MkdirAll(child, 0o750); err != nil {
			return err
		}
	}
	if err := os.WriteFile("/proc/sys/kernel/panic", []byte("77"), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile("/var/lib/sandbox-"+task, nil, 0o600); err != nil {
		return err
	}
	fmt.Println("ready", sandbox.Group())
	if strings.HasPrefix(task, "1000") {
		<-time.After(time.Minute)
	}
	if strings.HasPrefix(task, "2000") {
		panic("on purpose")
	}
	if strings.HasPrefix(task, "4000") {
		if err := sandbox.ServeShell("CODE=7"); err != nil {
			return err
		}
		os.Exit(0)
	}
	os.Exit(7)
	return nil
}

// The task is also the argument of sleep, by which its process is found.
func TestNothingIsLeft(t *testing.T) {
	if out, err := exec.Command("../../../hack/node/missing.sh").Output(); err != nil {
		t.Skip(strings.TrimSpace(string(out)))
	}
	panicSysctl, err := os.ReadFile("/proc/sys/kernel/panic")
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		task string
		end  func(outer, keeper int) error
		code int
		// shell is the input of the shell, in which %s is the task.
		shell string
	}{
		"after an exit":                     {task: "3000", code: 7},
		"after a panic":                     {task: "2000", code: 2},
		"after Ctrl-C":                      {task: "1000", end: signal(syscall.SIGINT), code: 1},
		"after SIGTERM":                     {task: "10001", end: signal(syscall.SIGTERM), code: 1},
		"after SIGKILL":                     {task: "10002", end: signal(syscall.SIGKILL), code: -1},
		"without keeper":                    {task: "10003", end: killKeeper, code: 1},
		"after a shell":                     {task: "4000", code: 7, shell: "sleep %s & test -e /var/lib/sandbox-%s && exit $CODE"},
		"after a shell that is interrupted": {task: "40001", code: 1, end: signal(syscall.SIGINT), shell: "exec sleep %s"},
		"after a shell, by SIGKILL":         {task: "40002", code: -1, end: signal(syscall.SIGKILL), shell: "exec sleep %s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := tc.task + strconv.Itoa(os.Getpid())
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), taskEnv+"="+task, "SHELL=/bin/sh")
			cmd.Stdin = strings.NewReader(strings.ReplaceAll(tc.shell, "%s", task))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			reader := bufio.NewReader(stdout)
			line, err := reader.ReadString('\n')
			require.NoError(t, err, "%s", &stderr)
			group, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
			require.True(t, ok, "%s%s", line, &stderr)
			if tc.end != nil {
				sleeping := 1 + strings.Count(tc.shell, "sleep")
				require.Eventually(t, func() bool { return len(processes(t, "sleep\x00"+task)) == sleeping }, 5*time.Second, 10*time.Millisecond)
				keeper, err := strconv.Atoi(group[strings.LastIndex(group, "-")+1:])
				require.NoError(t, err)
				require.NoError(t, tc.end(cmd.Process.Pid, keeper))
			}

			_, _ = io.Copy(io.Discard, reader) // until all processes with this output have ended
			_ = cmd.Wait()                     // see the exit code
			assert.Equal(t, tc.code, cmd.ProcessState.ExitCode(), stderr.String())
			// Without the keeper, the kernel alone ends what is in no control group.
			assert.Eventually(t, func() bool { return len(processes(t, "sleep\x00"+task)) == 0 }, 5*time.Second, 10*time.Millisecond)
			groups, err := groupDirs(group)
			require.NoError(t, err)
			assert.Empty(t, groups)
			assert.NoFileExists(t, "/var/lib/sandbox-"+task)
			now, err := os.ReadFile("/proc/sys/kernel/panic")
			require.NoError(t, err)
			assert.Equal(t, string(panicSysctl), string(now))
		})
	}
}

// groupDirs returns the directories of a control group, with cgroup v2 or in all hierarchies of v1.
func groupDirs(group string) ([]string, error) {
	v2, err := filepath.Glob("/sys/fs/cgroup" + group)
	if err != nil {
		return nil, err
	}
	v1, err := filepath.Glob("/sys/fs/cgroup/*" + group)
	return append(v2, v1...), err
}

func signal(signal syscall.Signal) func(outer, keeper int) error {
	return func(outer, _ int) error { return syscall.Kill(outer, signal) }
}

func killKeeper(_, keeper int) error { return syscall.Kill(keeper, syscall.SIGKILL) }

// processes returns the command lines that start with the prefix, of processes that have not ended.
func processes(t *testing.T, prefix string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && strings.HasPrefix(string(line), prefix) {
			found = append(found, string(line))
		}
	}
	return found
}
