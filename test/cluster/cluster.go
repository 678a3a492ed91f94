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

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Options say what to run.
type Options struct {
	// Manager is the path of the operator's binary; empty means a bare Kubernetes.
	Manager string
	// ManagerArgs are flags for it beside those that connect it to the cluster.
	ManagerArgs []string
}

// A Cluster is a running control plane that goes with this process.
type Cluster struct {
	// Dir holds the cluster's files while it runs.
	Dir string
	// Kubeconfig is the path of an administrator's kubeconfig.
	Kubeconfig string
	// Kubectl is the path of a kubectl of the same version.
	Kubectl string
	// Config connects an administrator's client.
	Config *rest.Config

	supervisor *exec.Cmd
	commands   io.WriteCloser
	answers    *bufio.Reader
}

// Start runs a cluster until Stop is called or this process ends. It returns when
// pods can run and, with a manager, the webhooks answer. After an error nothing
// is left behind.
func Start(opts Options) (*Cluster, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "llm-operator-cluster-")
	if err != nil {
		return nil, fmt.Errorf("making the cluster's folder: %w", err)
	}
	c := &Cluster{Dir: dir, Kubeconfig: filepath.Join(dir, "kubeconfig")}
	if err := c.start(order{Options: opts, Root: root, Dir: dir}); err != nil {
		_ = c.Stop() // says the same once more
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

func (c *Cluster) start(o order) error {
	var err error
	if c.Kubectl, err = binary(o.Root, "kubectl"); err != nil {
		return err
	}
	cmd, err := o.command()
	if err != nil {
		return err
	}
	if c.commands, err = cmd.StdinPipe(); err != nil {
		return fmt.Errorf("making a pipe: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("making a pipe: %w", err)
	}
	c.answers = bufio.NewReader(stdout)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the supervisor: %w", err)
	}
	c.supervisor = cmd
	if err := readAnswer(c.answers); err != nil {
		return err
	}
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig); err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	c.Config.QPS = -1 // tests and benchmarks set their own pace
	return nil
}

// command is a copy of this program that becomes the supervisor, in a session of
// its own, where no interrupt from the keyboard reaches it.
func (o order) command() (*exec.Cmd, error) {
	encoded, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("encoding the options: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), optionsEnv+"="+string(encoded))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, nil
}

// Stop ends the cluster and waits until nothing of it is left. It may be repeated.
func (c *Cluster) Stop() error {
	if c == nil || c.supervisor == nil {
		return nil
	}
	err := errors.Join(c.commands.Close(), readAnswer(c.answers))
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

// StopManager ends the operator, as a node that is drained does.
func (c *Cluster) StopManager() error { return c.tell(commandStopManager) }

// KillManager ends the operator at once, as a crash does.
func (c *Cluster) KillManager() error { return c.tell(commandKillManager) }

// StartManager starts the operator again and waits until its webhooks answer. The
// flags are for this run, and overrule those of the Options.
func (c *Cluster) StartManager(flags ...string) error { return c.tell(commandStartManager, flags...) }

// RestartAPIServer kills the API server and starts it again at the same address.
func (c *Cluster) RestartAPIServer() error { return c.tell(commandRestartAPIServer) }

// Run starts a program that goes with the cluster. Its output is appended to
// <name>.log in the folder of logs.
func (c *Cluster) Run(name, path string, args ...string) error {
	return c.tell(commandRun, append([]string{name, path}, args...)...)
}

// End ends a program that Run has started, as a kubelet does, and waits for it.
func (c *Cluster) End(name string) error { return c.tell(commandEnd, name) }

// Log is the path of the log of a component, or of a program that Run has started.
func (c *Cluster) Log(name string) string { return filepath.Join(c.Dir, "log", name+".log") }

// ManagerPID is the process of the operator that was started last.
func (c *Cluster) ManagerPID() (int, error) {
	data, err := os.ReadFile(filepath.Join(c.Dir, managerPIDFile))
	if err != nil {
		return 0, fmt.Errorf("finding the manager: %w", err)
	}
	return strconv.Atoi(string(data))
}

// AuditLog is the path of the API server's record of the operator's requests.
func (c *Cluster) AuditLog() string { return filepath.Join(c.Dir, "log", auditLog) }

// Binary is the path of one of the programs that "make k8s" builds.
func (c *Cluster) Binary(name string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	return binary(root, name)
}

// OperatorKubeconfig is the path of a kubeconfig with the operator's own rights.
func (c *Cluster) OperatorKubeconfig() string { return filepath.Join(c.Dir, operatorKubeconfig) }

func (c *Cluster) tell(name string, args ...string) error {
	if err := json.NewEncoder(c.commands).Encode(command{name, args}); err != nil {
		return fmt.Errorf("telling the supervisor: %w", err)
	}
	return readAnswer(c.answers)
}
