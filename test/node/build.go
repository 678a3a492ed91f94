// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// binaries returns the directory of the programs of the node and of what runs on it.
func binaries(root string) string { return filepath.Join(root, "bin", "node") }

// Missing returns what this machine lacks for a real node, in one line, or nothing.
func Missing() (string, error) {
	root, err := cluster.Root()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(filepath.Join(root, "hack", "node", "missing.sh")).Output()
	if exit := (&exec.ExitError{}); errors.As(err, &exit) {
		return strings.TrimSpace(string(out)), nil
	}
	if err != nil {
		return "", fmt.Errorf("looking for the programs of a real node: %w", err)
	}
	for _, name := range []string{"containerd", "containerd-shim-runc-v2", "kubelet", "kube-proxy", "kube-router", "ollama", "packages/complete"} {
		if _, err := os.Stat(filepath.Join(binaries(root), name)); err != nil {
			return notBuilt(name), nil //nolint:nilerr // what is missing is the result
		}
	}
	return "", nil
}

func notBuilt(name string) string { return name + " is not built; run \"make node\"" }

func programPath(name string) (string, error) {
	root, err := cluster.Root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(binaries(root), name)
	if _, err := os.Stat(path); err != nil {
		return "", errors.New(notBuilt(name))
	}
	return path, nil
}

// Build builds the operator and the doubles for a node. It runs outside of the sandbox, because modules
// may have to be downloaded.
func Build() error {
	root, err := cluster.Root()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", binaries(root)+"/", "./...")
	cmd.Dir = filepath.Join(root, "test", "node", "doubles") // a module of its own
	// The image of a pod's first process has no C library.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the doubles: %w\n%s", err, out)
	}
	return buildOperator(root, binaries(root))
}

// pluginDir returns the directory of the CNI plugins.
func pluginDir() (string, error) {
	for _, dir := range []string{"/usr/lib/cni", "/opt/cni/bin"} {
		if _, err := os.Stat(filepath.Join(dir, "bridge")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("no CNI plugins are installed")
}
