// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"github.com/fatih/color"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// textLine returns a function that describes a finding in one line, as compilers do.
func textLine(colored bool) func(check.Finding) string {
	colors := map[check.Level]*color.Color{
		check.Error:   terminal.NewColor(colored, color.FgRed, color.Bold),
		check.Warning: terminal.NewColor(colored, color.FgYellow, color.Bold),
	}
	bold := terminal.NewColor(colored, color.Bold)
	return func(f check.Finding) string {
		position := bold.Sprintf("%s:%d:%d:", terminal.EscapeLine(f.File), f.Line, f.Column)
		return position + " " + colors[f.Level].Sprint(string(f.Level)+":") + " " + terminal.EscapeLine(f.Text()) + "\n"
	}
}
