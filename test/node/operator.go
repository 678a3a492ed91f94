// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// Where the operator is installed.
const (
	OperatorNamespace  = "llm-operator-system"
	OperatorDeployment = "llm-operator-controller-manager"
)

// operatorImage is the operator's image, without the host of its registry.
const operatorImage = "geeper-io/llm-operator:test"

// buildOperator builds the operator's image and its manifests for clusters without cert-manager into a
// directory, as "make image" and "make deploy" do.
func buildOperator(root, dir string) error {
	ko := filepath.Join(dir, "ko")
	tool := exec.Command("go", "build", "-o", ko, "./ko")
	tool.Dir = filepath.Join(root, "hack", "tools")
	image := exec.Command(ko, "-platforms=linux/"+runtime.GOARCH, "-out="+dir, "-tag=ghcr.io/"+operatorImage)
	image.Dir = root
	for _, cmd := range []*exec.Cmd{tool, image} {
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the operator's image: %w\n%s", err, out)
		}
	}
	manifests := exec.Command(filepath.Join(root, "hack", "manifests.sh"), "self-signed", "ghcr.io/"+operatorImage)
	var stderr bytes.Buffer
	manifests.Stderr = &stderr
	out, err := manifests.Output()
	if err != nil {
		return fmt.Errorf("building the operator's manifests: %w\n%s", err, &stderr)
	}
	return os.WriteFile(filepath.Join(dir, "install.yaml"), out, 0o600)
}

// installOperator installs the operator and waits until its webhooks answer.
func (n *Node) installOperator(dir string) error {
	manifests, err := os.ReadFile(filepath.Join(dir, "install.yaml"))
	if err != nil {
		return fmt.Errorf("reading the operator's manifests: %w", err)
	}
	if err := n.runKubectl(string(manifests), "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	if err := n.runKubectl("", "-n", OperatorNamespace, "rollout", "status", "deployment/"+OperatorDeployment, "--timeout=60s"); err != nil {
		pods, _ := n.RunKubectl("", "-n", OperatorNamespace, "describe", "pods") // only explains
		logs, _ := n.RunKubectl("", "-n", OperatorNamespace, "logs", "deployment/"+OperatorDeployment)
		return fmt.Errorf("%w\n%s\n%s%s", err, pods.Stdout, logs.Stdout, logs.Stderr)
	}
	var last error
	err = wait.PollUntilContextTimeout(context.Background(), 100*time.Millisecond, startTimeout, true, func(context.Context) (bool, error) {
		last = n.runKubectl(probe, "apply", "--dry-run=server", "-f", "-")
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the webhooks: %w", errors.Join(err, last))
	}
	return nil
}

// probe is an object that admission accepts.
const probe = `{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: probe}, spec: {ollama: {models: ["probe:latest"]}}}`

func (n *Node) runKubectl(stdin string, args ...string) error {
	result, err := n.RunKubectl(stdin, args...)
	if err != nil {
		return err
	}
	if result.Code != 0 {
		return fmt.Errorf("kubectl %v: %s%s", args, result.Stdout, result.Stderr)
	}
	return nil
}
