// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// InstallManifests installs the operator from a directory of config/, with cert-manager if it needs that,
// and waits until its webhooks answer.
func (n *Node) InstallManifests(config string) error {
	manifests, err := readManifests(config)
	if err != nil {
		return err
	}
	if config == CertManager {
		if err := n.startCertManager(); err != nil {
			return err
		}
	}
	if err := n.runKubectl(manifests, "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	return n.waitForOperator()
}

// InstallChart installs the operator from its Helm chart, without cert-manager, and waits until its
// webhooks answer. CRDs that are there become those of the release.
func (n *Node) InstallChart() error {
	root, err := cluster.Root()
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(binaries(root), "helm"), "install", "llm-operator", filepath.Join(root, "charts", "llm-operator"),
		"--namespace", OperatorNamespace, "--take-ownership",
		"--set", "certificates.source=selfSigned", "--set", "image.tag="+operatorTag)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+n.Kubeconfig, "HOME="+sandbox.Dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("installing the chart: %w\n%s", err, out)
	}
	return n.waitForOperator()
}

// Uninstall deletes what InstallManifests has installed, but neither the CRDs nor the namespace, in which
// pods may take their time to end.
func (n *Node) Uninstall(config string) error {
	manifests, err := readManifests(config)
	if err != nil {
		return err
	}
	var deleted []string
	for _, manifest := range strings.Split(manifests, "\n---\n") {
		if !kept.MatchString(manifest) {
			deleted = append(deleted, manifest)
		}
	}
	return n.runKubectl(strings.Join(deleted, "\n---\n"), "delete", "-f", "-")
}

// kept matches the manifests that Uninstall does not delete.
var kept = regexp.MustCompile(`(?m)^kind: (CustomResourceDefinition|Namespace)$`)

func readManifests(config string) (string, error) {
	root, err := cluster.Root()
	if err != nil {
		return "", err
	}
	manifests, err := os.ReadFile(manifestsPath(binaries(root), config))
	if err != nil {
		return "", fmt.Errorf("reading the operator's manifests: %w", err)
	}
	return string(manifests), nil
}

// startCertManager installs cert-manager's CRDs and runs its controllers beside the node.
func (n *Node) startCertManager() error {
	crds, err := n.Binary("cert-manager-crds.yaml")
	if err != nil {
		return err
	}
	program, err := n.Binary("cert-manager")
	if err != nil {
		return err
	}
	if err := n.runKubectl("", "apply", "--server-side", "-f", crds); err != nil {
		return err
	}
	if err := n.WaitForCRDs("crd/certificates.cert-manager.io", "crd/issuers.cert-manager.io"); err != nil {
		return err
	}
	if err := n.runKubectl("", "create", "namespace", "cert-manager"); err != nil {
		return err
	}
	return n.StartProgram("cert-manager", program, "--kubeconfig="+n.Kubeconfig)
}

// waitForOperator waits until the operator's webhooks answer.
func (n *Node) waitForOperator() error {
	if err := n.runKubectl("", "-n", OperatorNamespace, "rollout", "status", "deployment/"+OperatorDeployment, "--timeout=90s"); err != nil {
		pods, _ := n.RunKubectl("", "-n", OperatorNamespace, "describe", "pods") // only explains
		logs, _ := n.RunKubectl("", "-n", OperatorNamespace, "logs", "deployment/"+OperatorDeployment)
		return fmt.Errorf("%w\n%s\n%s%s", err, pods.Stdout, logs.Stdout, logs.Stderr)
	}
	var last error
	err := wait.PollUntilContextTimeout(context.Background(), 100*time.Millisecond, startTimeout, true, func(context.Context) (bool, error) {
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
