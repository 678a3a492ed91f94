// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Workflow commands are one line each. Characters that end a command or a property are
// percent-encoded.
//
// Source: actions/toolkit, packages/core/src/command.ts (escapeData, escapeProperty).
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// githubLine returns a function that returns the workflow command of a finding.
func githubLine(bool) func(check.Finding) string {
	return func(f check.Finding) string {
		at := manifest.Position{Line: f.Line, Column: f.Column}
		return WorkflowCommand(string(f.Level), f.File, at, cmp.Or(f.Object, f.Rule), f.Text())
	}
}

// WorkflowCommand returns the line by which GitHub shows an annotation of the level, notice, warning or error, at a
// position of a file, or at none if the file is "" or standard input. Untrusted text is escaped.
func WorkflowCommand(level, file string, at manifest.Position, title, message string) string {
	position := ""
	if file != "" && file != manifest.Stdin {
		position = fmt.Sprintf("file=%s,line=%d,col=%d,", escapeProperty.Replace(terminal.EscapeLine(file)), at.Line, at.Column)
	}
	return fmt.Sprintf("::%s %stitle=%s::%s\n", level, position, escapeProperty.Replace(terminal.EscapeLine(title)), escapeData.Replace(terminal.EscapeLine(message)))
}
