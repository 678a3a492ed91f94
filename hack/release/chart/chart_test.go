// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/hack/release/archive"
	"github.com/geeper-io/llm-operator/hack/release/notes"
)

func file(name, text string) archive.File {
	return archive.File{Name: name, Data: []byte(text)}
}

const source = "name: llm-operator\nversion: 0.0.1\nappVersion: latest\nannotations:\n  artifacthub.io/license: Apache-2.0\n  artifacthub.io/prerelease: \"true\"\n"

func TestFiles(t *testing.T) {
	t.Parallel()
	got, err := Files([]archive.File{
		file(".helmignore", ".git\n*.tgz\n"), file(".git/config", ""), file("old.tgz", ""),
		file("Chart.yaml", source), file("templates/a.yaml", "a"),
	}, Release{
		Version: "v0.1.0", Image: "ghcr.io/geeper-io/llm-operator:v0.1.0",
		Changes: []notes.Entry{{Kind: "added", Text: "A field: paused."}},
	})
	require.NoError(t, err)
	assert.Equal(t, []archive.File{
		file("llm-operator/.helmignore", ".git\n*.tgz\n"),
		file("llm-operator/Chart.yaml", `annotations:
  artifacthub.io/changes: |
    - description: 'A field: paused.'
      kind: added
  artifacthub.io/images: |
    - image: ghcr.io/geeper-io/llm-operator:v0.1.0
      name: llm-operator
  artifacthub.io/license: Apache-2.0
  artifacthub.io/prerelease: "false"
appVersion: v0.1.0
name: llm-operator
version: 0.1.0
`),
		file("llm-operator/templates/a.yaml", "a"),
	}, got)
}

func TestFilesErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		file archive.File
		err  string
	}{
		"no annotations":            {file("Chart.yaml", "name: a\n"), "reading Chart.yaml: must have annotations"},
		"a pattern for a directory": {file(".helmignore", "a/b"), `.helmignore: the pattern "a/b" is not supported`},
		"an exception":              {file(".helmignore", "!a"), `.helmignore: the pattern "!a" is not supported`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Files([]archive.File{tc.file}, Release{})
			require.EqualError(t, err, tc.err)
		})
	}
}
