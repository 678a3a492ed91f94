// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/node"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
)

// requireEnv is the environment variable that makes a machine without what a real node needs an error.
const requireEnv = "LLM_OPERATOR_REQUIRE_NODE"

// parallel is how many tests run at a time. They wait for pods most of the time.
const parallel = "6"

// shared is the node of all tests; each has a namespace of its own.
var shared *node.Node

func TestMain(m *testing.M) {
	cluster.Supervise()
	log.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if sandbox.Outside() {
		if code, done := prepare(); done {
			return code
		}
	}
	if err := sandbox.Enter(); err != nil {
		return fail(err)
	}
	var err error
	if shared, err = node.Start(node.CertManager); err != nil {
		return fail(err)
	}
	flag.Parse()
	if err := flag.Set("test.parallel", parallel); err != nil {
		return fail(err)
	}
	code := m.Run()
	if err := shared.Stop(); err != nil {
		return fail(err)
	}
	return code
}

// prepare builds what the sandbox needs. If a real node cannot run here, the tests are done.
func prepare() (code int, done bool) {
	missing, err := node.Missing()
	switch {
	case err != nil:
		return fail(err), true
	case missing != "" && os.Getenv(requireEnv) != "":
		return fail(fmt.Errorf("%s is set: %s", requireEnv, missing)), true
	case missing != "":
		fmt.Println("skipped:", missing)
		return 0, true
	}
	if err := node.Build(); err != nil {
		return fail(err), true
	}
	return 0, false
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "node:", err)
	return 1
}
