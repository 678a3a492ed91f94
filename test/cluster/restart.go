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

// restartAPIServer kills the API server, as a crash does, and starts it again at
// the same address.
func (c *controlPlane) restartAPIServer(ctx context.Context) error {
	path, args, err := c.killAPIServer()
	if err != nil {
		return fmt.Errorf("killing the API server: %w", err)
	}
	if c.restarted, err = startProcess(c.path("log"), "kube-apiserver", path, args...); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(c.config())
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		if err := c.restarted.exited(); err != nil {
			return false, err
		}
		return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the API server: %w", err)
	}
	return nil
}

// killAPIServer ends the process and tells how it was called. envtest does not say
// which it is; it is known by the folder of its certificates, which nobody else has.
func (c *controlPlane) killAPIServer() (path string, args []string, err error) {
	calls, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return "", nil, err
	}
	server := c.env.ControlPlane.GetAPIServer()
	for _, call := range calls {
		text, err := os.ReadFile(call)
		if err != nil || !bytes.HasPrefix(text, []byte(server.Path+"\x00")) || !bytes.Contains(text, []byte(server.CertDir)) {
			continue // it has ended, or is another
		}
		for _, arg := range bytes.Split(bytes.TrimSuffix(text, []byte{0}), []byte{0}) {
			args = append(args, string(arg))
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(call)))
		if err != nil {
			return "", nil, err
		}
		return args[0], args[1:], kill(pid)
	}
	return "", nil, errors.New("its process is not found")
}

// kill ends a process at once and waits until it is gone.
func kill(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	return wait.PollUntilContextTimeout(context.Background(), 10*time.Millisecond, stopTimeout, true, func(context.Context) (bool, error) {
		return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH), nil
	})
}
