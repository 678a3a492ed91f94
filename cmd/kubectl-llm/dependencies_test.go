// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/linked"
)

// maxPackages is close to the real number, standard library included. Raise it only for a
// dependency that the plugin needs.
const maxPackages = 862

// The plugin links nothing of controller-runtime, such as its manager, client and metrics.
// Prometheus cannot be avoided: the API server's schema validation imports it through
// k8s.io/component-base/metrics.
func TestDependencies(t *testing.T) {
	t.Parallel()
	packages := linked.Packages(t)
	assert.LessOrEqual(t, len(packages), maxPackages)
	for _, path := range packages {
		assert.False(t, strings.HasPrefix(path, "sigs.k8s.io/controller-runtime/"), path)
	}
}
