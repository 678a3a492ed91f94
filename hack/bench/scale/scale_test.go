// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const measuredText = `BenchmarkOperator/objects=300-2 1 12.00 writes/object 4.00 reads/object 55.1 peak-MB/create
a line of a program
BenchmarkOperator/objects=3000-2 1 12.04 writes/object 95.4 peak-MB/create
`

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, page, picture := filepath.Join(dir, "figures.txt"), filepath.Join(dir, "page.md"), filepath.Join(dir, "plot.svg")
	require.NoError(t, os.WriteFile(data, []byte(measuredText), 0o600))
	require.NoError(t, os.WriteFile(page, []byte("before\n"+begin+"old\n"+end+"\nafter\n"), 0o600))
	require.NoError(t, run([]string{data, page, picture}))
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(text), "before\n"+begin+"| objects | 300 | 3000 |\n|---|--:|--:|\n| peak memory while they are created, MB | 55 | 95 |\n")
	assert.Contains(t, string(text), "| reads of an object that is created | 4.00 | |\n")
	assert.Contains(t, string(text), end+"\nafter\n")
	first, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Contains(t, string(first), "<svg")
	require.NoError(t, run([]string{data, page, picture}))
	again, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Equal(t, string(first), string(again), "it is the same each time")
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ data, page, want string }{
		"no operator":        {"BenchmarkOther 1 2 ns/op\n", begin + end, "no benchmark of the operator was measured"},
		"no number":          {"BenchmarkOperator/objects=many 1 2 MB\n", begin + end, "reading the number of objects"},
		"page without table": {measuredText, "text", "the page must have"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			data, page := filepath.Join(dir, "figures.txt"), filepath.Join(dir, "page.md")
			require.NoError(t, os.WriteFile(data, []byte(tc.data), 0o600))
			require.NoError(t, os.WriteFile(page, []byte(tc.page), 0o600))
			require.ErrorContains(t, run([]string{data, page, filepath.Join(dir, "plot.svg")}), tc.want)
		})
	}
	require.ErrorContains(t, run(nil), "usage: ")
}
