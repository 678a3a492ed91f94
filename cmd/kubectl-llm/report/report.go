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

// Count returns the number of findings of the level.
func (r Report) Count(level check.Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// A Format defines an output format for reports.
type Format struct {
	// Name in --output.
	Name string
	// Description in the help.
	Description string
	// Write prints the report with untrusted text escaped. Only the text format uses colored.
	Write func(w io.Writer, r Report, colored bool) error
}

// Formats lists all output formats; the first is the default.
var Formats = []Format{
	{"text", "human-readable: file:line:column and a summary", writeText},
	{"json", "one JSON object", writeJSON},
	{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
	{"github", "workflow commands, which GitHub shows as annotations", writeGitHub},
	{"junit", "JUnit XML, with one test case per object", writeJUnit},
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
