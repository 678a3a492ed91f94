// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// assetsEnv names the environment variable with a directory of etcd, kube-apiserver and kubectl, as
// printed by setup-envtest.
const assetsEnv = "KUBEBUILDER_ASSETS"

// Root returns the root directory of the project, which contains the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the working directory: %w", err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "hack", "k8s", "go.mod")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("the working directory is not inside the project")
}

// binary returns the path of a program in $KUBEBUILDER_ASSETS or, if it is not there, in bin/k8s.
func binary(root, name string) (string, error) {
	dirs := []string{filepath.Join(root, "bin", "k8s")}
	if assets := os.Getenv(assetsEnv); assets != "" {
		dirs = append([]string{assets}, dirs...)
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not built; run \"make k8s\"", name)
}
