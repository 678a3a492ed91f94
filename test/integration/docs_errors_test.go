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

// row matches a row of a table, whose first cell is the message, in code.
var row = regexp.MustCompile("(?m)^\\| `(.*?)` \\|")

// Every error and warning in the tests is documented, and every documented one exists.
func TestErrorsAreDocumented(t *testing.T) {
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
	for _, group := range fixtures.Policies(t) {
		for _, tc := range group.Cases {
			errs = append(errs, tc.Messages...)
		}
	}
	// Messages about updates, names and files are not in the cases, but in the sources.
	sources := sourcesOf(t, filepath.Join(root, "webhooks", "validation"), filepath.Join(root, "cmd", "kubectl-llm", "check"), filepath.Join(root, "cmd", "kubectl-llm", "registrycheck"))
	sources += sourcesOf(t, filepath.Join(root, "internal", "plan"), filepath.Join(root, "cmd", "kubectl-llm", "commands"))
	checkRows(t, errorRows, errs, sources)
	warnings := goldenWarnings(t)
	checkRows(t, warningRows, warnings, sources)
}

func checkRows(t *testing.T, text string, messages []string, sources string) {
	t.Helper()
	all := strings.Join(messages, "\n")
	var known []string
	for _, match := range row.FindAllStringSubmatch(text, -1) {
		known = append(known, match[1])
		inSource := strings.Contains(sources, strings.ReplaceAll(match[1], `"`, `\"`)) || strings.Contains(sources, digits.ReplaceAllString(match[1], "%d"))
		assert.True(t, inSource || strings.Contains(all, match[1]), "%q does not exist", match[1])
	}
	require.NotEmpty(t, known)
	for _, message := range messages {
		assert.True(t, containsAny(message, known), "not documented: %s", message)
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

// goldenWarnings returns the warnings in the golden files of TestRules.
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

// sourcesOf returns the Go sources in directories, without tests.
func sourcesOf(t *testing.T, dirs ...string) string {
	t.Helper()
	var out strings.Builder
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
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
