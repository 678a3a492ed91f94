// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package integration tests the manager and kubectl llm with kubectl on a real control plane.
package integration

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/ollama"
)

var (
	// shared is the cluster of all tests, each of which has its own namespace.
	shared *cluster.Cluster
	// managerBinary is the path of the manager that runs on it.
	managerBinary string
	// plugin is the path of kubectl-llm.
	plugin string
	// publicRegistry has the models that kubectl-llm asks registries for.
	publicRegistry *ollama.PublicRegistry
)

func TestMain(m *testing.M) {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(run(m))
}

// testsPerCPU is how many tests run at a time for each CPU, unless -parallel says otherwise: most of their time they wait
// for the cluster.
const testsPerCPU = 2

func run(m *testing.M) int {
	if err := flag.Set("test.parallel", strconv.Itoa(testsPerCPU*runtime.GOMAXPROCS(0))); err != nil {
		return fail(err)
	}
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
	if publicRegistry, err = ollama.NewPublicRegistry(ollama.NewRegistry(ollama.NameRules), dir); err != nil {
		return fail(err)
	}
	defer publicRegistry.Close()
	if shared, err = cluster.Start(cluster.Options{Manager: managerBinary}); err != nil {
		return fail(err)
	}
	code := m.Run()
	if err := checkPermissions(); err != nil {
		code = fail(err)
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
