// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package repository

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	uses   = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	pinned = regexp.MustCompile(`^([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$`)
)

// Workflows use actions at a commit, the same everywhere, and their token may write only where a job says so.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{".github/workflows/*", ".github/actions/*/action.yml"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		files = append(files, found...)
	}
	require.Greater(t, len(files), 3)
	commits := map[string]string{}
	for _, file := range files {
		text := read(t, strings.TrimPrefix(file, root+string(os.PathSeparator)))
		for _, match := range uses.FindAllStringSubmatch(text, -1) {
			parts := pinned.FindStringSubmatch(match[1])
			if !assert.NotNil(t, parts, "%s: %s must have a commit and its version", file, match[1]) {
				continue
			}
			if commit, found := commits[parts[1]]; found {
				assert.Equal(t, commit, parts[2], "%s: %s", file, parts[1])
			}
			commits[parts[1]] = parts[2]
		}
		if strings.Contains(file, "workflows") {
			assert.Contains(t, text, "\npermissions:\n  contents: read\n", file)
		}
	}
	assert.NotEmpty(t, commits)
}
