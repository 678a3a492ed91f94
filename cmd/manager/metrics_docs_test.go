// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/geeper-io/llm-operator/test/golden"
)

// What is between the markers in docs/metrics.md is the table of the metrics.
const (
	beginMetrics = "<!-- metrics: written by go test ./cmd/manager -update -->\n"
	endMetrics   = "<!-- end of metrics -->"
)

// described matches the text of a description, which has no other way to its parts.
var described = regexp.MustCompile(`^Desc\{fqName: "(llm_operator_\w+)", help: "(.*?)"(?:, unit: "\w*")?, constLabels: \{\}, variableLabels: \{(.*)\}\}$`)

// The docs have all metrics of the operator, with their labels and their help, and these keep the conventions of
// Prometheus.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	rows, exposed := map[string]string{}, &strings.Builder{}
	for _, desc := range registered(t) {
		parts := described.FindStringSubmatch(desc.String())
		if parts == nil {
			continue // of controller-runtime
		}
		name, help, labels := parts[1], parts[2], parts[3]
		kind := kindOf(name)
		rows[name] = fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, kind, code(labels), help)
		fmt.Fprintf(exposed, "# HELP %s %s\n# TYPE %[1]s %[3]s\n%[1]s%[4]s 1\n", name, help, kind, map[bool]string{true: `_bucket{le="+Inf"}`}[kind == "histogram"])
	}
	require.Greater(t, len(rows), 20)
	problems, err := promlint.New(strings.NewReader(exposed.String())).Lint()
	require.NoError(t, err)
	assert.Empty(t, problems)

	path := filepath.Join("..", "..", "docs", "metrics.md")
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(page), beginMetrics)
	require.True(t, found, "docs/metrics.md must have %q", beginMetrics)
	_, after, found := strings.Cut(rest, endMetrics)
	require.True(t, found, "docs/metrics.md must have %q", endMetrics)
	var table strings.Builder
	table.WriteString("| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		table.WriteString(rows[name])
	}
	golden.Equal(t, path, before+beginMetrics+table.String()+endMetrics+after)
}

// registered returns the descriptions of all metrics of the manager.
func registered(t *testing.T) (all []*prometheus.Desc) {
	t.Helper()
	registry, ok := metrics.Registry.(prometheus.Collector)
	require.True(t, ok)
	descriptions := make(chan *prometheus.Desc)
	go func() {
		defer close(descriptions)
		registry.Describe(descriptions)
	}()
	for desc := range descriptions {
		all = append(all, desc)
	}
	return all
}

// kindOf returns the type that the conventions of Prometheus demand for a metric of the name.
func kindOf(name string) string {
	switch {
	case strings.HasSuffix(name, "_total"):
		return "counter"
	case strings.HasSuffix(name, "_duration_seconds"):
		return "histogram"
	default:
		return "gauge"
	}
}

// code formats labels that are separated by commas.
func code(labels string) string {
	if labels == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(labels, ",", "`, `") + "`"
}
