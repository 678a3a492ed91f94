// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

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

// writeGitHub prints one workflow command per finding, and the summary as plain text.
func writeGitHub(w io.Writer, r Report, _ bool) error {
	for _, f := range r.Findings {
		position := fmt.Sprintf("file=%s,line=%d,col=%d,", escapeProperty.Replace(terminal.EscapeLine(f.File)), f.Line, f.Column)
		if f.File == manifest.Stdin {
			position = ""
		}
		title := cmp.Or(f.Object, f.Rule)
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", f.Level, position, escapeProperty.Replace(terminal.EscapeLine(title)), escapeData.Replace(terminal.EscapeLine(f.Text()))); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, summary(r))
	return err
}
