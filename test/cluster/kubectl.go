// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Result is the output and exit code of a command.
type Result struct {
	Stdout string
	Stderr string
	Code   int
}

// RunKubectl runs kubectl as an administrator of the cluster. It returns an error only if kubectl
// cannot be run, not if it exits with another code than 0.
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

// BuildManager builds the manager into a directory and returns the path of the binary.
func BuildManager(dir string) (string, error) { return build(dir, "manager") }

// BuildPlugin builds kubectl-llm into a directory and returns the path of the binary.
func BuildPlugin(dir string) (string, error) { return build(dir, "kubectl-llm") }

func build(dir, command string) (string, error) {
	path := filepath.Join(dir, command)
	out, err := exec.Command("go", "build", "-o", path, "github.com/geeper-io/llm-operator/cmd/"+command).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", command, err, out)
	}
	return path, nil
}
