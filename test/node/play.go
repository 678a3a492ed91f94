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

// publicModels are the models that a person finds in the registry: those of the samples and of the docs.
var publicModels = []string{
	"codellama:13b", "codellama:7b", "llama2:13b", "llama2:7b", "llama3.2:3b", "mistral:7b",
	"nomic-embed-text:latest", "qwen2.5-coder:1.5b",
}

// publicModelSize is the size of each of them in bytes.
const publicModelSize = 3_000_000

// AddPublicModels adds models to the registry for a person, and returns their names.
func (n *Node) AddPublicModels() ([]string, error) {
	for _, name := range publicModels {
		if err := n.Models.Add(name, publicModelSize); err != nil {
			return nil, err
		}
	}
	return publicModels, nil
}

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
