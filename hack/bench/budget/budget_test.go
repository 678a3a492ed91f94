// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const output = `goos: linux
pkg: example.com/a
BenchmarkAdmission/minimal/mutate-2   	    100	  12345 ns/op	   2.90 ratio
BenchmarkAdmission/minimal/mutate-2   	    100	  12345 ns/op	   9.00 ratio
BenchmarkAdmission/minimal/mutate-2   	    100	  12345 ns/op	   3.10 ratio
BenchmarkOperator/objects=100   	    1	  12 writes/object	   0 writes/rest
PASS
ok  	example.com/a	1.0s
`

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ budgets, out, err string }{
		"within": {
			"budgets: [{benchmark: Admission/minimal/mutate, unit: ratio, max: 3, tolerance: 0.1}, {benchmark: Operator/objects=100, unit: writes/object, max: 12}]",
			"3.1       3       10 %          ratio Admission/minimal/mutate\n", "",
		},
		"exceeded": {
			"budgets: [{benchmark: Admission/minimal/mutate, unit: ratio, max: 3}, {benchmark: Operator/objects=100, unit: writes/object, max: 11}]",
			"Operator/objects=100  EXCEEDED", "Admission/minimal/mutate costs 3.1 ratio, more than 3\nOperator/objects=100 costs 12 writes/object, more than 11",
		},
		"none allowed":     {"budgets: [{benchmark: Operator/objects=100, unit: writes/rest, max: 0}]", "writes/rest", ""},
		"not measured":     {"budgets: [{benchmark: Admission/full, unit: ratio, max: 3}]", "", "Admission/full has no ratio: it was not measured"},
		"time":             {"budgets: [{benchmark: Admission/minimal/mutate, unit: ns/op, max: 1}]", "EXCEEDED", "costs 1.234e+04 ns/op, more than 1"},
		"unknown field":    {"budgets: [{bench: a}]", "", `unknown field "bench"`},
		"incomplete":       {"budgets: [{benchmark: a, max: 1}]", "", "budgets[0]: benchmark and unit are required"},
		"negative":         {"budgets: [{benchmark: a, unit: b, max: -1}]", "", "budgets[0]: max and tolerance must not be negative"},
		"two of a figure":  {"budgets: [{benchmark: a, unit: b, max: 1}, {benchmark: a, unit: b, max: 2}]", "", "budgets[1]: a has another budget of b"},
		"no budgets":       {"budgets: []", "", "there are no budgets"},
		"not even a file":  {"", "", "there are no budgets"},
		"text of somebody": {"budgets", "", "reading the budgets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "budgets.yaml")
			require.NoError(t, os.WriteFile(file, []byte(tc.budgets), 0o600))
			var out strings.Builder
			err := run([]string{file}, strings.NewReader(output), &out)
			if tc.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.err)
			}
			assert.Contains(t, out.String(), tc.out)
		})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, run(nil, strings.NewReader(""), os.Stdout), "usage: ")
	require.Error(t, run([]string{filepath.Join(t.TempDir(), "missing.yaml")}, strings.NewReader(""), os.Stdout))
}
