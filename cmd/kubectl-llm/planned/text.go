// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// writeText prints a heading for each object, what happens by topic, and a summary of several objects.
func writeText(w io.Writer, objects []Object, o Options) error {
	var out strings.Builder
	for i, object := range objects {
		if i > 0 && (object.Differs() || objects[i-1].Differs()) {
			out.WriteString("\n")
		}
		if err := writeObject(&out, object, o); err != nil {
			return err
		}
	}
	if len(objects) > 1 {
		fmt.Fprintf(&out, "\n%s\n", summary(objects))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// colors are those of what happens to an object.
var colors = map[plan.Action]color.Attribute{
	plan.Created: color.FgGreen, plan.Changed: color.FgYellow, plan.Deleted: color.FgRed, plan.Unchanged: color.Reset,
}

func writeObject(out *strings.Builder, object Object, o Options) error {
	bold := terminal.NewColor(o.Colored, color.Bold)
	name := bold.Sprint(terminal.EscapeLine(object.name()))
	if !object.Differs() {
		fmt.Fprintf(out, "%s: no changes\n", name)
		return nil
	}
	fmt.Fprintf(out, "%s: %s\n", name, terminal.NewColor(o.Colored, colors[object.Action]).Sprint(object.outcome()))
	serious, topic := terminal.NewColor(o.Colored, color.FgYellow, color.Bold), ""
	for _, l := range lines(object.Plan) {
		if l.topic != topic {
			topic = l.topic
			fmt.Fprintf(out, "  %s:\n", topic)
		}
		text := join(l.subject, words(" "), l.says).line()
		if l.serious {
			text = serious.Sprint(text)
		}
		fmt.Fprintf(out, "    %s\n", text)
	}
	if !o.Diff {
		return nil
	}
	text, err := diffs(object.Plan)
	if err != nil {
		return err
	}
	if text != "" {
		fmt.Fprintf(out, "\n%s", colorDiff(text, o.Colored))
	}
	return nil
}

// colorDiff returns the diff with removed lines in red and added ones in green.
func colorDiff(text string, colored bool) string {
	removed, added := terminal.NewColor(colored, color.FgRed), terminal.NewColor(colored, color.FgGreen)
	var out strings.Builder
	for l := range strings.Lines(text) {
		body, newline := strings.CutSuffix(l, "\n")
		switch {
		case strings.HasPrefix(body, "-"):
			body = removed.Sprint(body)
		case strings.HasPrefix(body, "+"):
			body = added.Sprint(body)
		}
		out.WriteString(body)
		if newline {
			out.WriteString("\n")
		}
	}
	return out.String()
}
