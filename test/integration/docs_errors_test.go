// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// row is one of a table: the text that is said, in code, comes first.
var row = regexp.MustCompile("(?m)^\\| `(.*?)` \\|")

// Every error and warning that a test brings about is explained, and nothing is
// explained that is never said.
func TestErrorsAreExplained(t *testing.T) {
	t.Parallel()
	root, _ := pages(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "errors.md"))
	require.NoError(t, err)
	errorRows, warningRows, found := strings.Cut(string(text), "\n## Warnings\n")
	require.True(t, found)
	var errs []string
	for _, tc := range fixtures.Rules(t) {
		errs = append(errs, tc.Errors...)
	}
	// The sources say the rest: what only an update, a name or a file brings about.
	sources := sourcesOf(t, filepath.Join(root, "webhooks", "validation"), filepath.Join(root, "cmd", "kubectl-llm", "check"))
	checkRows(t, errorRows, errs, sources)
	warnings := goldenWarnings(t)
	checkRows(t, warningRows, warnings, sources)
}

func checkRows(t *testing.T, text string, said []string, sources string) {
	t.Helper()
	all := strings.Join(said, "\n")
	var known []string
	for _, match := range row.FindAllStringSubmatch(text, -1) {
		known = append(known, match[1])
		inSource := strings.Contains(sources, strings.ReplaceAll(match[1], `"`, `\"`)) || strings.Contains(sources, digits.ReplaceAllString(match[1], "%d"))
		assert.True(t, inSource || strings.Contains(all, match[1]), "%q is never said", match[1])
	}
	require.NotEmpty(t, known)
	for _, one := range said {
		assert.True(t, containsAny(one, known), "not explained: %s", one)
	}
}

var digits = regexp.MustCompile(`[0-9]+`)

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// goldenWarnings are those that the API server gave in TestRules.
func goldenWarnings(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "rules", "*.txt"))
	require.NoError(t, err)
	var out []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, line := range strings.Split(string(data), "\n") {
			if text, found := strings.CutPrefix(line, "Warning: "); found {
				out = append(out, text)
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}

func sourcesOf(t *testing.T, folders ...string) string {
	t.Helper()
	var out strings.Builder
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			out.Write(data)
		}
	}
	return out.String()
}
