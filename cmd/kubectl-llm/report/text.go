package report

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// writeText prints a line a finding, as compilers do, and a summary.
func writeText(w io.Writer, r Report, colored bool) error {
	paint := map[check.Level]*color.Color{
		check.Error:   terminal.Paint(colored, color.FgRed, color.Bold),
		check.Warning: terminal.Paint(colored, color.FgYellow, color.Bold),
	}
	bold := terminal.Paint(colored, color.Bold)
	for _, f := range r.Findings {
		place := bold.Sprintf("%s:%d:%d:", terminal.Plain(f.File), f.Line, f.Column)
		if _, err := fmt.Fprintf(w, "%s %s %s\n", place, paint[f.Level].Sprint(string(f.Level)+":"), terminal.Plain(f.Text())); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, summary(r))
	return err
}

// summary says how much was looked at, and how it went.
func summary(r Report) string {
	text := count(len(r.Objects), "object") + " checked: " +
		count(r.Count(check.Error), "error") + ", " + count(r.Count(check.Warning), "warning")
	if r.PassedOver > 0 {
		text += fmt.Sprintf("; %d of other kinds passed over", r.PassedOver)
	}
	return text
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
