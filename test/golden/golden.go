// Package golden compares what a test gets with a file, and rewrites the file when
// the test runs with -update.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite golden files from what the tests get")

// Updating tells whether the test runs with -update.
func Updating() bool { return *update }

// Equal fails the test if got is not what the file at path holds.
func Equal(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -update to write the golden file")
	assert.Equal(t, string(want), got, "%s; run with -update if the change is meant", path)
}

// OnlyFiles fails the test if the folder has files that no case wrote or compared.
func OnlyFiles(t *testing.T, folder string, names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	found := make([]string, 0, len(entries))
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	assert.ElementsMatch(t, names, found, "golden files of %s", folder)
}
