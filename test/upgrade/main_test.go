// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package upgrade tests that an upgrade from an earlier commit refuses and loses nothing, and restarts
// only the pods that the changelog names.
package upgrade

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// requireEnv is the environment variable that makes a repository without the earlier commit an error.
const requireEnv = "LLM_OPERATOR_REQUIRE_HISTORY"

var (
	// shared is the cluster that is upgraded.
	shared *cluster.Cluster
	// earlierRoot is the root directory of the project at the earlier commit.
	earlierRoot string
	// skipped is why the tests are skipped, or empty.
	skipped string
	// today is the path of the manager of this commit.
	today string
)

func TestMain(m *testing.M) {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "llm-operator-upgrade-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	if missing := missingHistory(); missing != nil {
		if os.Getenv(requireEnv) != "" {
			return fail(fmt.Errorf("%s is set: %w", requireEnv, missing))
		}
		skipped = missing.Error()
		return m.Run()
	}
	earlierRoot = filepath.Join(dir, "earlier")
	earlier, err := buildEarlier(earlierRoot)
	if err != nil {
		return fail(err)
	}
	if today, err = cluster.BuildManager(dir); err != nil {
		return fail(err)
	}
	shared, err = cluster.Start(cluster.Options{
		Manager: earlier, ManagerRoot: earlierRoot, ManagerArgs: []string{"--allow-host-path"},
	})
	if err != nil {
		return fail(err)
	}
	code := m.Run()
	if err := shared.Stop(); err != nil {
		return fail(err)
	}
	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "upgrade:", err)
	return 1
}
