// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// BenchmarkCheckThousandObjects parses and validates a file of a thousand objects.
func BenchmarkCheckThousandObjects(b *testing.B) {
	sample, err := os.ReadFile(fixtures.SamplePath("tabby-advanced"))
	require.NoError(b, err)
	file := manifest.File{Name: "a.yaml", Data: []byte(strings.Repeat(string(sample)+"---\n", 1000))}
	c, err := New(validation.Options{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		objects, _ := manifest.Parse(file)
		require.Len(b, objects, 1000)
		for _, o := range objects {
			require.False(b, c.Check(o).Rejected())
		}
	}
}

// BenchmarkNew measures the startup cost of every run.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		_, err := New(validation.Options{})
		require.NoError(b, err)
	}
}
