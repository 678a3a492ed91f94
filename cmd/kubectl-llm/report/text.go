// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// writeText prints one line per finding, as compilers do, and a summary.
func writeText(w io.Writer, r Report, colored bool) error {
	colors := map[check.Level]*color.Color{
		check.Error:   terminal.NewColor(colored, color.FgRed, color.Bold),
		check.Warning: terminal.NewColor(colored, color.FgYellow, color.Bold),
	}
	bold := terminal.NewColor(colored, color.Bold)
	for _, f := range r.Findings {
		position := bold.Sprintf("%s:%d:%d:", terminal.EscapeLine(f.File), f.Line, f.Column)
		if _, err := fmt.Fprintf(w, "%s %s %s\n", position, colors[f.Level].Sprint(string(f.Level)+":"), terminal.EscapeLine(f.Text())); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, summary(r))
	return err
}

// summary returns the numbers of objects and findings, such as "1 object checked: 0 errors,
// 2 warnings; 3 objects of other kinds skipped".
func summary(r Report) string {
	text := plural(len(r.Objects), "object") + " checked: " +
		plural(r.Count(check.Error), "error") + ", " + plural(r.Count(check.Warning), "warning")
	if r.Skipped > 0 {
		text += "; " + plural(r.Skipped, "object") + " of other kinds skipped"
	}
	return text
}

// plural returns the number with the noun in singular or plural.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
