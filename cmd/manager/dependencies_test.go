// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/linked"
)

// The manager links neither the API server nor its engines. All pages of the program are in memory while it runs.
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, path := range linked.Packages(t) {
		for _, heavy := range []string{"k8s.io/apiserver/", "github.com/google/cel-go/", "google.golang.org/grpc", "go.opentelemetry.io/"} {
			assert.False(t, strings.HasPrefix(path, heavy), path)
		}
	}
}
