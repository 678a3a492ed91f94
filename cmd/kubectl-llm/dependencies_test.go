// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxPackages is close to the real number, standard library included. Raise it only for a
// dependency that the plugin needs.
const maxPackages = 862

// The plugin links nothing of controller-runtime, such as its manager, client and metrics.
// Prometheus cannot be avoided: the API server's schema validation imports it through
// k8s.io/component-base/metrics.
func TestDependencies(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.Output()
	require.NoError(t, err)
	packages := strings.Fields(string(out))
	assert.LessOrEqual(t, len(packages), maxPackages)
	for _, path := range packages {
		assert.False(t, strings.HasPrefix(path, "sigs.k8s.io/controller-runtime/"), path)
	}
}
