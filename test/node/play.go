// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// Environment returns the environment variables by which a shell finds the cluster and the programs of the
// project. What kubectl remembers disappears with the sandbox.
func (n *Node) Environment() ([]string, error) {
	root, err := cluster.Root()
	if err != nil {
		return nil, fmt.Errorf("finding the programs: %w", err)
	}
	bin := filepath.Join(root, "bin")
	return []string{
		"KUBECONFIG=" + n.Kubeconfig,
		"KUBECACHEDIR=" + filepath.Join(sandbox.Dir, "kubectl"),
		"PATH=" + bin + ":" + filepath.Dir(n.Kubectl) + ":" + os.Getenv("PATH"),
	}, nil
}
