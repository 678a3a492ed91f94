package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Result is what a command printed and how it ended.
type Result struct {
	Stdout string
	Stderr string
	Code   int
}

// RunKubectl runs kubectl on the cluster, as an administrator. The error is nil when
// it ran, however it ended.
func (c *Cluster) RunKubectl(stdin string, args ...string) (Result, error) {
	cmd := exec.Command(c.Kubectl, append([]string{"--kubeconfig", c.Kubeconfig, "--cache-dir", filepath.Join(c.Dir, "kubectl")}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		return Result{}, fmt.Errorf("running kubectl: %w", err)
	}
	return Result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}, nil
}

// BuildManager builds the operator's binary into a folder, and returns its path.
func BuildManager(folder string) (string, error) { return build(folder, "manager") }

// BuildPlugin builds kubectl-llm into a folder, and returns its path.
func BuildPlugin(folder string) (string, error) { return build(folder, "kubectl-llm") }

func build(folder, command string) (string, error) {
	path := filepath.Join(folder, command)
	out, err := exec.Command("go", "build", "-o", path, "github.com/geeper-io/llm-operator/cmd/"+command).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", command, err, out)
	}
	return path, nil
}
