// Package report prints findings, for people and for the programs of CI systems.
package report

import (
	"fmt"
	"io"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// A Report is what came out of a run.
type Report struct {
	// Objects are the names of the objects that were checked, by file.
	Objects []Object
	// PassedOver is the number of objects of other kinds.
	PassedOver int
	// Findings are in the order of files and lines.
	Findings []check.Finding
	// Version is that of this program.
	Version string
}

// An Object is one that was checked.
type Object struct {
	// File is the name of its file.
	File string
	// Name is its name, and At its place, as its findings have them.
	Name string
	At   manifest.Position
}

// Count is the number of findings of the level.
func (r Report) Count(level check.Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// A Format is a way to print a report.
type Format struct {
	// Name is what chooses it.
	Name string
	// Description says for whom it is.
	Description string
	// Write prints the report, without a character that a terminal would obey. Only the
	// format for people heeds colored.
	Write func(w io.Writer, r Report, colored bool) error
}

// Formats are all formats; the first one is for people.
var Formats = []Format{
	{"text", "for people: file:line:column, and a summary", writeText},
	{"json", "one JSON object, for programs", writeJSON},
	{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
	{"github", "workflow commands, which GitHub shows beside the lines", writeGitHub},
	{"junit", "JUnit XML, a test case an object, for CI systems", writeJUnit},
}

// FormatNamed is the format of that name.
func FormatNamed(name string) (Format, error) {
	names := make([]string, 0, len(Formats))
	for _, format := range Formats {
		if format.Name == name {
			return format, nil
		}
		names = append(names, format.Name)
	}
	return Format{}, fmt.Errorf("unknown output format %q, must be one of %q", name, names)
}
