// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// maxCell limits the characters of a value in the table.
const maxCell = 40

// Write prints one field in sentences, and several as a table with shortened values. Times are relative
// to now.
func Write(w io.Writer, fields []Field, now time.Time) error {
	var out strings.Builder
	if len(fields) == 1 {
		writeField(&out, fields[0], now)
	} else {
		table := tabwriter.NewWriter(&out, 0, 8, 3, ' ', 0)
		fmt.Fprintln(table, "FIELD\tVALUE\tSOURCE\tIF REMOVED")
		for _, f := range fields {
			fmt.Fprintln(table, strings.Join([]string{terminal.EscapeLine(f.Path), cell(f.Value), terminal.EscapeLine(f.source(now, false)), f.removalCell()}, "\t"))
		}
		_ = table.Flush() // a strings.Builder does not fail
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func writeField(out *strings.Builder, f Field, now time.Time) {
	if f.Source == SourceUnset {
		fmt.Fprintf(out, "%s is not set\n", terminal.EscapeLine(f.Path))
	} else {
		fmt.Fprintf(out, "%s: %s\n", terminal.EscapeLine(f.Path), terminal.EscapeLine(text(f.Value)))
		fmt.Fprintf(out, "  %s\n", terminal.EscapeLine(f.source(now, true)))
	}
	if f.Rule != "" {
		fmt.Fprintf(out, "  rule: %s\n", terminal.EscapeLine(f.Rule))
	}
	if r := f.IfRemoved; r != nil {
		fmt.Fprintf(out, "  if removed: %s\n", terminal.EscapeLine(r.text(f)))
		for _, err := range r.Errors {
			fmt.Fprintf(out, "    %s\n", terminal.EscapeLine(err))
		}
		for _, change := range r.Changes {
			becomes := "becomes unset"
			if change.Value != nil {
				becomes = "becomes " + text(change.Value)
			}
			fmt.Fprintf(out, "    %s %s\n", terminal.EscapeLine(change.Path), terminal.EscapeLine(becomes))
		}
	}
}

// source returns the source in words, with times if asked for.
func (f Field) source(now time.Time, times bool) string {
	by := names(f.Managers, now, times)
	switch {
	case f.Source == SourceUser && by == "":
		return "set in the manifest"
	case f.Source == SourceUser && f.Uncertain:
		return fmt.Sprintf("set by %s, or copied from %s, which was set later", by, strings.Join(f.From, ", "))
	case f.Source == SourceUser:
		return "set by " + by
	case f.Source == SourceDefault && f.Uncertain:
		return fmt.Sprintf("default, or set by %s to the same value", by)
	case f.Source == SourceDerived:
		return "derived from " + strings.Join(f.From, ", ")
	case f.Source == SourceDeprecated:
		return "copied from " + strings.Join(f.From, ", ")
	case f.Source == SourceUnknown:
		return "not recorded, and not a default of this version"
	default:
		return string(f.Source)
	}
}

// names returns the managers as a part of a sentence.
func names(managers []Manager, now time.Time, times bool) string {
	out := make([]string, 0, len(managers))
	for _, m := range managers {
		name := m.Name
		if times {
			name += m.details(now)
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

func (m Manager) details(now time.Time) string {
	how := "update"
	switch {
	case m.Subresource != "":
		how = "update of " + m.Subresource
	case m.Operation == metav1.ManagedFieldsOperationApply:
		how = "server-side apply"
	case m.LastApplied:
		how = "its last applied manifest"
	}
	if m.Time == nil {
		return " (" + how + ")"
	}
	return fmt.Sprintf(" (%s, last change %s ago)", how, duration.HumanDuration(now.Sub(m.Time.Time)))
}

// text returns the result of removing the field in words.
func (r *Removal) text(f Field) string {
	result := ""
	switch {
	case r.Result == ResultRefused:
		result = "refused"
	case r.Result == ResultUnset:
		result = "unset"
	case equality.Semantic.DeepEqual(r.Value, f.Value):
		result = "the same"
	default:
		result = text(r.Value)
	}
	if len(f.Managers) > 1 {
		result += " (if all of them remove it)"
	}
	return result
}

// removalCell returns the result for the table: nothing for values that nobody can remove.
func (f Field) removalCell() string {
	switch {
	case f.IfRemoved == nil:
		return ""
	case f.IfRemoved.Result == ResultValue && !equality.Semantic.DeepEqual(f.IfRemoved.Value, f.Value):
		return cell(f.IfRemoved.Value)
	default:
		alone := f
		alone.Managers = nil
		return f.IfRemoved.text(alone)
	}
}

// cell returns a value on one line of limited length.
func cell(value any) string {
	runes := []rune(terminal.EscapeLine(text(value)))
	if len(runes) <= maxCell {
		return string(runes)
	}
	return string(runes[:maxCell-3]) + "..."
}

// text returns a string as it is, and any other value as JSON.
func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // it was decoded from JSON
	return strings.TrimSuffix(out.String(), "\n")
}
