// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
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

// WaitForCRDs waits until CustomResourceDefinitions are served. "kubectl wait" fails instead of waiting while one
// that was just created has no conditions: they are null.
//
// Source: k8s.io/kubectl, pkg/cmd/wait/condition.go (checkCondition), v0.37.2.
func (c *Cluster) WaitForCRDs(names ...string) error {
	args := append([]string{"wait", "--for=condition=Established", "--timeout=1s"}, names...)
	var last Result
	err := wait.PollUntilContextTimeout(context.Background(), 100*time.Millisecond, startTimeout, true, func(context.Context) (served bool, err error) {
		last, err = c.RunKubectl("", args...)
		return last.Code == 0, err
	})
	if err != nil {
		return fmt.Errorf("waiting for %v: %w: %s", names, err, last.Stderr)
	}
	return nil
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
