package cluster

import (
	"bufio"
	"context"
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

// The cluster that "make up" leaves running lives in one folder of the project,
// with the supervisor's process id in it.
const (
	detachedDir = ".cluster"
	pidFile     = "pid"
)

// Up starts a cluster that outlives this process, unless it runs already, and
// returns the path of its kubeconfig.
func Up(opts Options) (kubeconfig string, err error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, detachedDir)
	kubeconfig = filepath.Join(dir, "kubeconfig")
	if pid, running := supervisorOf(dir); running {
		fmt.Printf("the cluster runs already (process %d)\n", pid)
		return kubeconfig, nil
	}
	// What a killed supervisor left.
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("removing an old cluster: %w", err)
	}
	cmd, err := order{Options: opts, Root: root, Dir: dir, Detached: true}.command()
	if err != nil {
		return "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("making a pipe: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the cluster's folder: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("starting the supervisor: %w", err)
	}
	pid := strconv.Itoa(cmd.Process.Pid)
	if err := os.WriteFile(filepath.Join(dir, pidFile), []byte(pid), 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("noting the process: %w", err), cmd.Process.Signal(syscall.SIGTERM), cmd.Wait())
	}
	if err := readAnswer(bufio.NewReader(stdout)); err != nil {
		_ = cmd.Wait() // its failure is what the answer says
		return "", err
	}
	return kubeconfig, nil
}

// Down stops the cluster that Up started and waits until nothing of it is left. It
// is content when there is none.
func Down() error {
	root, err := Root()
	if err != nil {
		return err
	}
	dir := filepath.Join(root, detachedDir)
	pid, running := supervisorOf(dir)
	if !running {
		return os.RemoveAll(dir)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping process %d: %w", pid, err)
	}
	err = wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, 4*stopTimeout, true, func(context.Context) (bool, error) {
		_, running := supervisorOf(dir)
		return !running, nil
	})
	if err != nil {
		return fmt.Errorf("process %d did not end; see %s: %w", pid, filepath.Join(dir, "log"), err)
	}
	return nil
}

// supervisorOf is the supervisor whose files are in dir. Another process that got
// its number after it was killed is not taken for it.
func supervisorOf(dir string) (pid int, running bool) {
	data, err := os.ReadFile(filepath.Join(dir, pidFile))
	if err != nil {
		return 0, false
	}
	pid, err = strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || syscall.Kill(pid, 0) != nil {
		return 0, false
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return pid, os.IsNotExist(err) && !procMounted()
	}
	return pid, strings.Contains(string(environment), optionsEnv+"=") && strings.Contains(string(environment), dir)
}

// procMounted tells whether this system shows its processes as files.
func procMounted() bool {
	_, err := os.Stat("/proc/self/environ")
	return err == nil
}
