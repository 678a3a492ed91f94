// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package krew

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestManifest(t *testing.T) {
	t.Parallel()
	got, err := Manifest("v0.1.0", []Archive{
		{OS: "linux", Arch: "arm64", URI: "https://example.com/a.tar.gz", SHA256: "12", Program: "kubectl-llm"},
		{OS: "windows", Arch: "amd64", URI: "https://example.com/b.zip", SHA256: "34", Program: "kubectl-llm.exe"},
	})
	require.NoError(t, err)
	assert.Equal(t, `apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: llm
spec:
  description: |
    Validates manifests of OllamaDeployments offline, with line and column, corrects
    them, and prints them with all defaults and with the objects that the LLM
    Operator would create. Says what an apply or an upgrade of the operator would
    do. Shows the status of an OllamaDeployment on a cluster, and lists and changes
    its models.
  homepage: https://github.com/geeper-io/llm-operator
  platforms:
  - bin: kubectl-llm
    selector:
      matchLabels:
        arch: arm64
        os: linux
    sha256: "12"
    uri: https://example.com/a.tar.gz
  - bin: kubectl-llm.exe
    selector:
      matchLabels:
        arch: amd64
        os: windows
    sha256: "34"
    uri: https://example.com/b.zip
  shortDescription: Validate and inspect OllamaDeployments
  version: v0.1.0
`, string(got))
}

// The index of krew refuses longer ones.
func TestShortDescription(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, len(shortDescription), 50)
	assert.NotRegexp(t, `[.\n]$`, shortDescription)
}
