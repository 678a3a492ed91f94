// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package report prints findings in formats for people and CI systems.
package report

import (
	"fmt"
	"io"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// A Report contains the result of validating a set of files.
type Report struct {
	// Objects that were checked, sorted by file.
	Objects []Object
	// Skipped counts the objects of other kinds, which were not checked.
	Skipped int
	// Findings sorted by file and line.
	Findings []check.Finding
	// Version of kubectl-llm.
	Version string
}

// An Object identifies an object that was checked.
type Object struct {
	// File name.
	File string
	// Name for display, as in Finding.Object.
	Name string
	// Position of the object, as in Finding.ObjectAt.
	Position manifest.Position
}

// A Summary has the numbers of a report.
type Summary struct {
	// Objects that were checked, and those of other kinds.
	Objects, Skipped int
	// Errors and Warnings among the findings.
	Errors, Warnings int
	// Unparsable counts the errors that are documents which are not valid YAML or JSON.
	Unparsable int
}

// Summary returns the numbers of the report.
func (r Report) Summary() Summary {
	s := Summary{Objects: len(r.Objects), Skipped: r.Skipped}
	s.Count(r.Findings)
	return s
}

// Count adds the numbers of the findings.
func (s *Summary) Count(findings []check.Finding) {
	for _, f := range findings {
		switch {
		case f.Rule == check.RuleParseError:
			s.Unparsable++
			s.Errors++
		case f.Level == check.Error:
			s.Errors++
		default:
			s.Warnings++
		}
	}
}

// String returns the numbers as a sentence, such as "1 object checked: 0 errors, 2 warnings; 3 objects of other kinds
// skipped".
func (s Summary) String() string {
	text := plural(s.Objects, "object") + " checked: " + plural(s.Errors, "error") + ", " + plural(s.Warnings, "warning")
	if s.Skipped > 0 {
		text += "; " + plural(s.Skipped, "object") + " of other kinds skipped"
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

// A Format defines an output format for reports.
type Format struct {
	// Name in --output.
	Name string
	// Description in the help.
	Description string
	// Fixes reports whether the format has the fixes of findings.
	Fixes bool
	// Write prints the report with untrusted text escaped. Only the text format uses colored.
	Write func(w io.Writer, r Report, colored bool) error
	// Line returns a function that returns the line of a finding, with its end, in formats of which a report is the
	// lines of its findings and the summary; nil in others.
	Line func(colored bool) func(check.Finding) string
}

// Formats lists all output formats; the first is the default.
var Formats = []Format{
	{"text", "human-readable: file:line:column and a summary", false, writeLines(textLine), textLine},
	{"json", "one JSON object", true, writeJSON, nil},
	{"sarif", "SARIF 2.1.0, for code scanning", true, writeSARIF, nil},
	{"github", "workflow commands, which GitHub shows as annotations", false, writeLines(githubLine), githubLine},
	{"junit", "JUnit XML, with one test case per object", false, writeJUnit, nil},
}

// writeLines returns the Write of a format with lines.
func writeLines(line func(colored bool) func(check.Finding) string) func(io.Writer, Report, bool) error {
	return func(w io.Writer, r Report, colored bool) error {
		text := line(colored)
		for _, f := range r.Findings {
			if _, err := io.WriteString(w, text(f)); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintln(w, r.Summary())
		return err
	}
}

// FormatByName returns the format of that name. The error lists the names of all formats.
func FormatByName(name string) (Format, error) {
	names := make([]string, 0, len(Formats))
	for _, format := range Formats {
		if format.Name == name {
			return format, nil
		}
		names = append(names, format.Name)
	}
	return Format{}, fmt.Errorf("unknown output format %q, must be one of %q", name, names)
}
