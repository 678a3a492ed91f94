// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package golden compares the output of tests with golden files, and updates the files when tests
// run with -update.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "update the golden files with the actual output of the tests")

// Updating reports whether tests run with -update.
func Updating() bool { return *update }

// Equal fails the test if got differs from the content of the file at path. With -update it writes
// the file instead.
func Equal(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -update to write the golden file")
	assert.Equal(t, string(want), got, "%s; run with -update if the change is intended", path)
}

// OnlyFiles fails the test if the files of the directory are not exactly the named ones.
func OnlyFiles(t *testing.T, dir string, names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := make([]string, 0, len(entries))
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	assert.ElementsMatch(t, names, found, "golden files of %s", dir)
}
