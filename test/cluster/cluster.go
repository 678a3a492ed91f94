// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Options configure a cluster.
type Options struct {
	// Manager is the path of the manager's binary; empty means a cluster without the operator.
	Manager string
	// ManagerArgs has additional flags of the manager, which override those set by this package.
	ManagerArgs []string
	// ManagerRoot is the root directory of the project that Manager was built from, with its CRDs, webhook
	// configurations and role; empty means this one.
	ManagerRoot string
	// Replicas is the number of managers, which elect a leader; 0 means one that does not.
	Replicas int
	// Profiles gives each of the Replicas a pprof endpoint.
	Profiles bool
	// Metrics gives each of the Replicas an endpoint of metrics, by HTTP and without authentication.
	Metrics bool
	// CopyKubeconfig is a file that the kubeconfig with the manager's permissions is written to before the manager
	// starts, for a proxy in front of the API server; empty means none.
	CopyKubeconfig string
	// Node is a node that the caller runs in place of those that KWOK simulates; nil means KWOK's.
	Node *Node
}

// A Node is where a real node is reached. It needs network namespaces of its own, because the API
// server listens on a fixed port.
type Node struct {
	// Address is the node's address, which the API server listens on.
	Address string
	// ServiceRange is the CIDR range of Service addresses, which kube-proxy serves.
	ServiceRange string
}

// A Cluster is a running control plane that is stopped when this process ends.
type Cluster struct {
	// Dir is the directory of the cluster's files, which is deleted when the cluster stops.
	Dir string
	// Kubeconfig is the path of the kubeconfig of an administrator.
	Kubeconfig string
	// Kubectl is the path of kubectl.
	Kubectl string
	// Config is the client configuration of an administrator, without rate limit.
	Config *rest.Config

	supervisor *exec.Cmd
	commands   io.WriteCloser
	responses  *bufio.Reader
}

// Start starts a cluster that runs until Stop is called or this process ends. It returns when pods
// can be scheduled and, with a manager, the webhooks serve. If it fails, it cleans up.
func Start(opts Options) (*Cluster, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "llm-operator-cluster-")
	if err != nil {
		return nil, fmt.Errorf("creating the cluster's directory: %w", err)
	}
	c := &Cluster{Dir: dir, Kubeconfig: filepath.Join(dir, "kubeconfig")}
	if err := c.start(supervisorConfig{Options: opts, Root: root, Dir: dir}); err != nil {
		_ = c.Stop() // returns the same error
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

func (c *Cluster) start(cfg supervisorConfig) error {
	var err error
	if c.Kubectl, err = binary(cfg.Root, "kubectl"); err != nil {
		return err
	}
	cmd, err := cfg.command()
	if err != nil {
		return err
	}
	if c.commands, err = cmd.StdinPipe(); err != nil {
		return fmt.Errorf("creating a pipe: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("creating a pipe: %w", err)
	}
	c.responses = bufio.NewReader(stdout)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the supervisor: %w", err)
	}
	c.supervisor = cmd
	if err := readResponse(c.responses); err != nil {
		return err
	}
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig); err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	c.Config.QPS = -1 // tests and benchmarks are not rate-limited
	return nil
}

// command returns the command that runs a copy of this program as the supervisor, in its own
// session, so that it does not receive interrupts from the terminal.
func (cfg supervisorConfig) command() (*exec.Cmd, error) {
	encoded, err := json.Marshal(cfg)
	if err != nil {
		return nil, fmt.Errorf("encoding the supervisor's configuration: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the executable: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), configEnv+"="+string(encoded))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, nil
}

// Stop stops the cluster and waits until all processes have ended and all files are deleted. Further
// calls do nothing.
func (c *Cluster) Stop() error {
	if c == nil || c.supervisor == nil {
		return nil
	}
	err := errors.Join(c.commands.Close(), readResponse(c.responses))
	exit := c.supervisor.Wait()
	c.supervisor = nil
	if err == nil {
		err = exit
	}
	if err != nil {
		return fmt.Errorf("stopping the cluster: %w", err)
	}
	return nil
}

// StopManager stops the manager with SIGTERM and waits until it has ended.
func (c *Cluster) StopManager() error { return c.send(commandStopManager) }

// KillManager kills the manager, to simulate a crash.
func (c *Cluster) KillManager() error { return c.send(commandKillManager) }

// StartManager starts the manager again and waits until its webhooks serve. The flags apply to this
// run only and override those of the Options.
func (c *Cluster) StartManager(flags ...string) error { return c.send(commandStartManager, flags...) }

// RestartAPIServer kills the API server, starts it again at the same address and waits until it is
// ready.
func (c *Cluster) RestartAPIServer() error { return c.send(commandRestartAPIServer) }

// PauseEtcd stops etcd for a while, as a disk does that hangs. Requests to the API server wait meanwhile.
func (c *Cluster) PauseEtcd(pause time.Duration) error {
	return c.send(commandPauseEtcd, pause.String())
}

// KillReplica kills one of the Replicas, to simulate a crash. The index is modulo their number.
func (c *Cluster) KillReplica(index int) error {
	return c.send(commandKillReplica, strconv.Itoa(index))
}

// RestartReplicas starts a replica for each that has ended, as a kubelet does, without waiting until they are ready.
func (c *Cluster) RestartReplicas() error { return c.send(commandRestartReplicas) }

// RotateCertificate replaces the certificate of the webhooks by one of another authority, which the API server
// trusts beside the previous one.
func (c *Cluster) RotateCertificate() error { return c.send(commandRotateCertificate) }

// Managers returns the Replicas that were running when one was last started or killed.
func (c *Cluster) Managers() (managers []Manager, err error) {
	data, err := os.ReadFile(filepath.Join(c.Dir, managersFile))
	if err != nil {
		return nil, fmt.Errorf("reading the list of managers: %w", err)
	}
	return managers, json.Unmarshal(data, &managers)
}

// StartProgram starts a program that is stopped with the cluster. Its output is appended to the file
// Log(name).
func (c *Cluster) StartProgram(name, path string, args ...string) error {
	return c.send(commandStartProgram, append([]string{name, path}, args...)...)
}

// StopProgram stops a program that StartProgram has started with SIGTERM and waits until it has
// ended.
func (c *Cluster) StopProgram(name string) error { return c.send(commandStopProgram, name) }

// Log returns the path of the log of a component or of a program that StartProgram has started.
func (c *Cluster) Log(name string) string { return filepath.Join(c.Dir, "log", name+".log") }

// ManagerPID returns the process ID of the manager that was started last.
func (c *Cluster) ManagerPID() (int, error) {
	data, err := os.ReadFile(filepath.Join(c.Dir, managerPIDFile))
	if err != nil {
		return 0, fmt.Errorf("reading the process ID of the manager: %w", err)
	}
	return strconv.Atoi(string(data))
}

// AuditLog returns the path of the API server's audit log of the operator's requests.
func (c *Cluster) AuditLog() string { return filepath.Join(c.Dir, "log", auditLog) }

// Binary returns the path of a program in $KUBEBUILDER_ASSETS or bin/k8s.
func (c *Cluster) Binary(name string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	return binary(root, name)
}

// OperatorKubeconfig returns the path of a kubeconfig with the permissions of the operator.
func (c *Cluster) OperatorKubeconfig() string { return filepath.Join(c.Dir, operatorKubeconfig) }

func (c *Cluster) send(name string, args ...string) error {
	if err := json.NewEncoder(c.commands).Encode(command{name, args}); err != nil {
		return fmt.Errorf("sending a command to the supervisor: %w", err)
	}
	return readResponse(c.responses)
}
