// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package planned prints plans.
package planned

import (
	"fmt"
	"io"
	"strings"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// An Object is the plan of an object, and where the object is written.
type Object struct {
	plan.Plan
	// Manifest is the object in a file, nil if the plan is of what is stored.
	Manifest *manifest.Object
}

// Differs reports whether anything changes.
func (o Object) Differs() bool {
	return o.Action != plan.Unchanged || len(o.Components)+len(o.Children)+len(o.Models)+len(o.Addresses)+len(o.Claims) > 0
}

// name returns "Kind namespace/name", without the namespace if none is set.
func (o Object) name() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// Options are those of printing.
type Options struct {
	// Colored makes the text format use colors.
	Colored bool
	// Diff adds the differences of children to the text format.
	Diff bool
}

// A Format is an output format for plans.
type Format struct {
	// Name in --output.
	Name string
	// Description in the help.
	Description string
	// Write prints the plans with untrusted text escaped.
	Write func(w io.Writer, objects []Object, o Options) error
}

// Formats lists all output formats; the first is the default.
var Formats = []Format{
	{"text", "sentences", writeText},
	{"json", "one JSON object with all plans", writeJSON},
	{"markdown", "a table and a diff for each object, for comments on pull requests", writeMarkdown},
	{"github", "workflow commands, which GitHub shows as annotations of the manifest", writeGitHub},
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

// summary returns the numbers of objects by what happens to them, such as "2 objects: 1 created, 1 unchanged".
func summary(objects []Object) string {
	counts := map[string]int{}
	for _, o := range objects {
		counts[o.outcome()]++
	}
	var parts []string
	for _, outcome := range []string{string(plan.Created), string(plan.Changed), string(plan.Deleted), onlyChildren, string(plan.Unchanged)} {
		if counts[outcome] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[outcome], outcome))
		}
	}
	return plural(len(objects), "object") + ": " + strings.Join(parts, ", ")
}

// onlyChildren is what happens to an object that itself stays as it is.
const onlyChildren = "changed in children only"

// outcome returns what happens to the object in words.
func (o Object) outcome() string {
	if o.Action == plan.Unchanged && o.Differs() {
		return onlyChildren
	}
	return string(o.Action)
}

// plural returns the number with the noun in singular or plural.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
