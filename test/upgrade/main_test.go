// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package upgrade tests that an upgrade from earlier commits and the way back, under a stream of requests,
// refuse nothing, lose nothing that the other version knows, and restart only the pods that are announced.
package upgrade

import (
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// requireEnv is the environment variable that makes a repository without the earlier commits an error.
const requireEnv = "LLM_OPERATOR_REQUIRE_HISTORY"

var (
	// today is the project at this commit.
	today build
	// skipped is why the tests are skipped, or empty.
	skipped string
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
	if today, err = buildToday(dir); err != nil {
		return fail(err)
	}
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "upgrade:", err)
	return 1
}
