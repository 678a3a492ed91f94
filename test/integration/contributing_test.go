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
	"sigs.k8s.io/yaml"
)

var (
	// codeSpan matches a name in code font.
	codeSpan = regexp.MustCompile("`([^`]+)`")
	// nameInFile matches a name and the file that has it: "a row of `rules` in `api/x.go`".
	nameInFile = regexp.MustCompile("`(\\w+)` in `([^`]+)`")
)

// The table of what to touch names files that exist, and what they have.
func TestWhatToTouch(t *testing.T) {
	t.Parallel()
	root, _ := pages(t)
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "## What to touch")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	paths := 0
	for _, span := range codeSpan.FindAllStringSubmatch(section, -1) {
		if strings.Contains(span[1], "/") {
			paths++
			_, err := os.Stat(filepath.Join(root, span[1]))
			assert.NoError(t, err)
		}
	}
	assert.Greater(t, paths, 15)
	named := nameInFile.FindAllStringSubmatch(section, -1)
	assert.NotEmpty(t, named)
	for _, match := range named {
		source, err := os.ReadFile(filepath.Join(root, match[2]))
		require.NoError(t, err)
		assert.Regexp(t, `\b`+match[1]+`\b`, string(source), match[2])
	}
}

// Dependency updates cover every module.
func TestDependencyUpdatesOfAllModules(t *testing.T) {
	t.Parallel()
	root, _ := pages(t)
	text, err := os.ReadFile(filepath.Join(root, ".github", "dependabot.yml"))
	require.NoError(t, err)
	var config struct {
		Updates []struct {
			Ecosystem   string   `json:"package-ecosystem"`
			Directories []string `json:"directories"`
		} `json:"updates"`
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	var modules []string
	for _, pattern := range []string{"go.mod", "*/go.mod", "*/*/go.mod", "*/*/*/go.mod"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, file := range found {
			dir, err := filepath.Rel(root, filepath.Dir(file))
			require.NoError(t, err)
			modules = append(modules, filepath.Join("/", dir))
		}
	}
	for _, update := range config.Updates {
		if update.Ecosystem == "gomod" {
			assert.ElementsMatch(t, modules, update.Directories)
			return
		}
	}
	assert.Fail(t, "no updates of Go modules")
}
