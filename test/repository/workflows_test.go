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
	"sigs.k8s.io/yaml"
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

// pipe matches a pipeline in a shell script, but not "||".
var pipe = regexp.MustCompile(`[^|]\|[^|]`)

// A step of a workflow that has a pipeline names bash, which only then fails with any command of it (-o pipefail).
func TestPipelinesInWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*"))
	require.NoError(t, err)
	pipelines := 0
	for _, file := range files {
		var workflow struct {
			Jobs map[string]struct {
				Steps []struct{ Name, Run, Shell string }
			}
		}
		require.NoError(t, yaml.Unmarshal([]byte(read(t, strings.TrimPrefix(file, root+string(os.PathSeparator)))), &workflow))
		for _, job := range workflow.Jobs {
			for _, step := range job.Steps {
				if pipe.MatchString(step.Run) {
					pipelines++
					assert.Equal(t, "bash", step.Shell, "%s: %s", file, step.Name)
				}
			}
		}
	}
	assert.Positive(t, pipelines)
}
