package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// GitHub reads commands of one line. What would end one, or a property of one, is
// written as a URL would write it.
//
// Source: actions/toolkit, packages/core/src/command.ts (escapeData, escapeProperty).
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub prints a command a finding, and the summary as plain text.
func writeGitHub(w io.Writer, r Report, _ bool) error {
	for _, f := range r.Findings {
		where := fmt.Sprintf("file=%s,line=%d,col=%d,", escapeProperty.Replace(terminal.Plain(f.File)), f.Line, f.Column)
		if f.File == manifest.Stdin {
			where = ""
		}
		title := f.Object
		if title == "" {
			title = f.Rule
		}
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", f.Level, where, escapeProperty.Replace(terminal.Plain(title)), escapeData.Replace(terminal.Plain(f.Text()))); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, summary(r))
	return err
}
