// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Where the operator is installed.
const (
	OperatorNamespace  = "llm-operator-system"
	OperatorDeployment = "llm-operator-controller-manager"
)

// operatorImage is the operator's image, without the host of its registry.
const (
	operatorImage = "geeper-io/llm-operator:" + operatorTag
	operatorTag   = "test"
)

// Directories of config/ that Build builds the manifests of.
const (
	// CertManager is for clusters with cert-manager.
	CertManager = "default"
	// SelfSigned is for clusters without.
	SelfSigned = "self-signed"
)

// buildOperator builds the operator's image, and what installs it, into a directory, as "make image" and
// "make deploy" do.
func buildOperator(root, dir string) error {
	ko := filepath.Join(dir, "ko")
	tools := exec.Command("go", "build", "-ldflags=-s -w", "-o", dir+"/", "./ko", "helm.sh/helm/v4/cmd/helm")
	tools.Dir = filepath.Join(root, "hack", "tools")
	image := exec.Command(ko, "-platforms=linux/"+runtime.GOARCH, "-out="+dir, "-tag=ghcr.io/"+operatorImage)
	image.Dir = root
	for _, cmd := range []*exec.Cmd{tools, image} {
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the operator's image: %w\n%s", err, out)
		}
	}
	for _, config := range []string{CertManager, SelfSigned} {
		manifests := exec.Command(filepath.Join(root, "hack", "manifests.sh"), config, "ghcr.io/"+operatorImage)
		var stderr bytes.Buffer
		manifests.Stderr = &stderr
		out, err := manifests.Output()
		if err != nil {
			return fmt.Errorf("building the operator's manifests: %w\n%s", err, &stderr)
		}
		if err := os.WriteFile(manifestsPath(dir, config), out, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func manifestsPath(dir, config string) string { return filepath.Join(dir, config+".yaml") }
