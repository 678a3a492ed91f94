// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
)

func TestTextColor(t *testing.T) {
	t.Parallel()
	r := Report{Findings: []check.Finding{{File: "a.yaml", Line: 1, Column: 2, Level: check.Error, Path: "spec", Message: "wrong"}}}
	var plain, colored strings.Builder
	require.NoError(t, writeLines(textLine)(&plain, r, false))
	assert.Equal(t, "a.yaml:1:2: error: spec: wrong\n0 objects checked: 1 error, 0 warnings\n", plain.String())
	require.NoError(t, writeLines(textLine)(&colored, r, true))
	assert.Contains(t, colored.String(), "\x1b[31;1merror:")
}

// Neither a finding nor a file name can end a workflow command.
func TestGitHubEscapes(t *testing.T) {
	t.Parallel()
	r := Report{Findings: []check.Finding{{
		File: "a,b:c%.yaml", Line: 1, Column: 2, Level: check.Warning, Object: "OllamaDeployment x\n::error::y", Message: "100%\n::error::z",
	}}}
	var out strings.Builder
	require.NoError(t, writeLines(githubLine)(&out, r, true))
	assert.Equal(t, "::warning file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=OllamaDeployment x %3A%3Aerror%3A%3Ay::100%25 ::error::z\n"+
		"0 objects checked: 0 errors, 1 warning\n", out.String())
}
