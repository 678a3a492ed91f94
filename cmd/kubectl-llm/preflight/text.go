// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// WriteText prints the numbers first, and then each object that the upgrade affects. Warnings, which most objects
// have, are printed if asked for.
func (r *Report) WriteText(w io.Writer, warnings, colored bool) error {
	t := text{
		bold: terminal.NewColor(colored, color.Bold), red: terminal.NewColor(colored, color.FgRed, color.Bold),
		yellow: terminal.NewColor(colored, color.FgYellow, color.Bold),
	}
	t.summary(r.Summary)
	for i := range r.CRDs {
		t.crd(&r.CRDs[i])
	}
	for i := range r.Objects {
		if r.Objects[i].Affected() || warnings {
			t.object(&r.Objects[i], warnings)
		}
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// A text is written with colors.
type text struct {
	strings.Builder
	bold, red, yellow *color.Color
}

func (t *text) summary(s Summary) {
	noun := "objects"
	if s.Objects == 1 {
		noun = "object"
	}
	fmt.Fprintf(&t.Builder, "%d %s: %d refused, %d losing fields, %d with tolerated errors, %d changed, %d with pods that restart, %d with warnings\n",
		s.Objects, noun, s.Refused, s.Lossy, s.Tolerated, s.Changed, s.Restarted, s.Warned)
}

func (t *text) crd(c *CRD) {
	state := "the change is safe"
	switch {
	case !c.Installed:
		state = "is not installed"
	case len(c.Unsafe) > 0:
		state = "the change is not safe"
	case len(c.Notes) == 0:
		state = "no change that matters"
	}
	fmt.Fprintf(&t.Builder, "\n%s %s\n", t.bold.Sprint("CustomResourceDefinition "+terminal.EscapeLine(c.Name)+":"), state)
	fmt.Fprintf(&t.Builder, "  served: %s; stored: %s\n", list(c.Served), list(c.Stored))
	t.findings(t.red, "unsafe", c.Unsafe)
	t.findings(nil, "note", c.Notes)
}

func (t *text) object(o *Object, warnings bool) {
	fmt.Fprintf(&t.Builder, "\n%s\n", t.bold.Sprint(terminal.EscapeLine(o.Kind+" "+o.Namespace+"/"+o.Name)))
	t.findings(t.red, "refused", o.Refused)
	for _, path := range o.Lost {
		t.line(t.red, "lost", path)
	}
	t.findings(t.yellow, "tolerated", o.Tolerated)
	if warnings {
		t.findings(t.yellow, "warning", o.Warnings)
	}
	for i := range o.Changes {
		t.line(nil, "change", o.Changes[i].Path+" becomes "+value(string(o.Changes[i].After)))
	}
	for i := range o.Components {
		t.line(t.yellow, "pods", pods(&o.Components[i]))
	}
	for i := range o.Children {
		t.line(nil, string(o.Children[i].Action), o.Children[i].Kind+" "+o.Children[i].Name)
	}
	for i := range o.Models {
		t.line(nil, "model", o.Models[i].Name+" is "+string(o.Models[i].Effect))
	}
	for i := range o.Addresses {
		t.line(t.yellow, "address", strings.TrimSpace(o.Addresses[i].Before+" is "+string(o.Addresses[i].Action)+" "+o.Addresses[i].After))
	}
	for i := range o.Claims {
		t.line(nil, "claim", o.Claims[i].Name+" is "+string(o.Claims[i].Action))
	}
}

// pods says what happens to the pods of a component, and why.
func pods(c *plan.Component) string {
	line := string(c.Name) + " " + string(c.Effect)
	switch {
	case len(c.Because) > 0:
		line += ", because of " + strings.Join(c.Because, ", ")
	case c.Effect == plan.Restarts:
		line += ", because this version of the operator renders it differently"
	}
	if len(c.Differences) > 0 {
		line += " (" + strings.Join(c.Differences, ", ") + ")"
	}
	if c.Downtime != "" {
		line += "; no pod serves meanwhile: " + c.Downtime
	}
	return line
}

func (t *text) findings(c *color.Color, label string, findings []Finding) {
	for _, f := range findings {
		line := f.Message
		if f.Path != "" {
			line = f.Path + ": " + f.Message
		}
		t.line(c, label, line)
	}
}

// line prints untrusted text after a label.
func (t *text) line(c *color.Color, label, line string) {
	label += ":"
	if c != nil {
		label = c.Sprint(label)
	}
	fmt.Fprintf(&t.Builder, "  %s %s\n", label, terminal.EscapeLine(line))
}

// maxValue limits the characters of a value.
const maxValue = 60

func value(json string) string {
	if json == "" {
		return "unset"
	}
	if runes := []rune(json); len(runes) > maxValue {
		return string(runes[:maxValue]) + "..."
	}
	return json
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return terminal.EscapeLine(strings.Join(names, ", "))
}
