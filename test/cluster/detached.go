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

// pidFile is the file in a detached cluster's folder that names its supervisor.
const pidFile = "pid"

// DetachedDir is the folder, below the project's, of the cluster of "make up".
const DetachedDir = ".cluster"

// Up starts a cluster that outlives this process, unless it runs already, and
// returns the path of its kubeconfig. All its files are in dir, which goes with it.
// If this process ends before the cluster is up, nothing is left behind.
func Up(dir string, opts Options) (kubeconfig string, err error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	kubeconfig = filepath.Join(dir, "kubeconfig")
	if _, running := supervisorOf(dir); running {
		return kubeconfig, nil
	}
	// What a killed supervisor left.
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("removing an old cluster: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the cluster's folder: %w", err)
	}
	c := &Cluster{Dir: dir, Kubeconfig: kubeconfig}
	if err := c.start(order{Options: opts, Root: root, Dir: dir}); err != nil {
		_ = c.Stop() // says the same once more
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	pid := strconv.Itoa(c.supervisor.Process.Pid)
	if err := os.WriteFile(filepath.Join(dir, pidFile), []byte(pid), 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("noting the supervisor: %w", err), c.Stop())
	}
	if err := json.NewEncoder(c.commands).Encode(command{Name: commandDetach}); err != nil {
		return "", errors.Join(fmt.Errorf("detaching the supervisor: %w", err), c.Stop())
	}
	return kubeconfig, nil
}

// Down stops the cluster that Up started in dir and waits until nothing of it is
// left. It is content when there is none.
func Down(dir string) error {
	pid, running := supervisorOf(dir)
	if !running {
		return os.RemoveAll(dir)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping process %d: %w", pid, err)
	}
	err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, 4*stopTimeout, true, func(context.Context) (bool, error) {
		// The file that names it goes before the rest of its folder does.
		return !supervises(pid, dir), nil
	})
	if err != nil {
		return fmt.Errorf("process %d did not end; see %s: %w", pid, filepath.Join(dir, "log"), err)
	}
	return nil
}

// supervisorOf is the supervisor whose files are in dir.
func supervisorOf(dir string) (pid int, running bool) {
	data, err := os.ReadFile(filepath.Join(dir, pidFile))
	if err != nil {
		return 0, false
	}
	if pid, err = strconv.Atoi(strings.TrimSpace(string(data))); err != nil {
		return 0, false
	}
	return pid, supervises(pid, dir)
}

// supervises tells whether the process is the supervisor whose files are in dir.
// Another process that got its number after it was killed is not taken for it.
func supervises(pid int, dir string) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return os.IsNotExist(err) && !procMounted()
	}
	return strings.Contains(string(environment), optionsEnv+"=") && strings.Contains(string(environment), dir)
}

// procMounted tells whether this system shows its processes as files.
func procMounted() bool {
	_, err := os.Stat("/proc/self/environ")
	return err == nil
}
