// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package integration tests the operator as its users meet it: the real manager
// beside a real control plane, driven by the real kubectl.
package integration

import (
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

var (
	// shared is the cluster of all tests; each has a namespace of its own.
	shared *cluster.Cluster
	// managerBinary is the operator that runs on it.
	managerBinary string
	// plugin is kubectl-llm.
	plugin string
)

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
	if plugin, err = cluster.BuildPlugin(dir); err != nil {
		return fail(err)
	}
	if shared, err = cluster.Start(cluster.Options{Manager: managerBinary}); err != nil {
		return fail(err)
	}
	code := m.Run()
	if missing, err := forbidden(); err != nil {
		code = fail(err)
	} else if len(missing) > 0 {
		code = fail(fmt.Errorf("the operator asked for what it has no right to: %v", missing))
	}
	if err := shared.Stop(); err != nil {
		return fail(err)
	}
	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "integration:", err)
	return 1
}
