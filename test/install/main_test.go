// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package install tests the installation of the operator: the manifests of config/ and of the chart
// are applied unchanged to a control plane with cert-manager. The tests simulate what the control
// plane lacks: kubelets, which run the manager's pods as processes with the token of their
// ServiceAccount and the files of their Secret, and kube-proxy, which forwards connections to them.
package install

import (
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// managerBinary is the path of the manager that is installed.
var managerBinary string

func TestMain(m *testing.M) {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "llm-operator-manager-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if managerBinary, err = cluster.BuildManager(dir); err != nil {
		return fail(err)
	}
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "install:", err)
	return 1
}
