// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Models returns the state of the listed models, in the order of the list. Those that the operator
// has not observed yet have only a name.
func Models(d *v1alpha1.OllamaDeployment) []v1alpha1.ModelStatus {
	known := map[string]v1alpha1.ModelStatus{}
	for _, m := range d.Status.Models {
		known[m.Name.Name().Key()] = m
	}
	out := make([]v1alpha1.ModelStatus, 0, len(d.Spec.Ollama.Models))
	for _, name := range d.Spec.Ollama.Models {
		m := known[name.Name().Key()]
		m.Name = name
		out = append(out, m)
	}
	return out
}

// WriteModels prints the state of the listed models, and the removed models that are still to be
// deleted.
func WriteModels(w io.Writer, d *v1alpha1.OllamaDeployment, o Options) error {
	var out strings.Builder
	writeModels(&out, d, o)
	_, err := io.WriteString(w, out.String())
	return err
}

func writeModels(out *strings.Builder, d *v1alpha1.OllamaDeployment, o Options) {
	models := Models(d)
	var table strings.Builder
	writer := newTable(&table)
	columns := usedColumns(models, o)
	titles := make([]string, 0, len(columns))
	for _, c := range columns {
		titles = append(titles, c.title)
	}
	writeRow(writer, titles...)
	for _, m := range models {
		cells := make([]string, 0, len(columns))
		for _, c := range columns {
			cells = append(cells, c.cell(m, o))
		}
		writeRow(writer, cells...)
	}
	_ = writer.Flush() // a strings.Builder does not fail
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
	for _, m := range d.Status.RemovedModels {
		since := ""
		if !m.RemovedAt.IsZero() {
			since = " " + duration.HumanDuration(o.Now.Sub(m.RemovedAt.Time)) + " ago"
		}
		fmt.Fprintf(out, "%s was removed from the list%s and is still to be deleted from the pods\n", terminal.EscapeLine(string(m.Name)), since)
	}
}

// A column of the table of models is left out if it is optional and all its cells are empty, or if it
// is wide and only the usual columns are printed.
type column struct {
	title          string
	optional, wide bool
	cell           func(v1alpha1.ModelStatus, Options) string
}

var columns = []column{
	{title: "MODEL", cell: func(m v1alpha1.ModelStatus, _ Options) string { return string(m.Name) }},
	{title: "PHASE", cell: func(m v1alpha1.ModelStatus, _ Options) string { return orDash(string(m.Phase)) }},
	{title: "PODS", cell: func(m v1alpha1.ModelStatus, _ Options) string { return orDash(m.Pods) }},
	{title: "SIZE", cell: func(m v1alpha1.ModelStatus, _ Options) string { return orDash(size(m)) }},
	{title: "DIGEST", wide: true, cell: func(m v1alpha1.ModelStatus, _ Options) string { return orDash(shortDigest(m.Digest)) }},
	{title: "PULLED", wide: true, cell: lastPulled},
	{title: "PROGRESS", optional: true, cell: func(m v1alpha1.ModelStatus, o Options) string { return progress(m, o.Bars) }},
	{title: "RATE", optional: true, cell: func(m v1alpha1.ModelStatus, o Options) string { return o.Pace.estimate(m, o.Now).rate() }},
	{title: "LEFT", optional: true, cell: func(m v1alpha1.ModelStatus, o Options) string { return o.Pace.estimate(m, o.Now).remaining() }},
	{title: "MESSAGE", optional: true, cell: func(m v1alpha1.ModelStatus, _ Options) string { return message(m) }},
}

func usedColumns(models []v1alpha1.ModelStatus, o Options) []column {
	var out []column
	for _, c := range columns {
		used := !c.optional
		for _, m := range models {
			used = used || c.cell(m, o) != ""
		}
		if used && (o.Wide || !c.wide) {
			out = append(out, c)
		}
	}
	return out
}

// message returns why the model is not pulled, or that the registry has another version.
func message(m v1alpha1.ModelStatus) string {
	if m.Message == "" && ptr.Deref(m.UpdateAvailable, false) {
		return "the registry has another version"
	}
	return m.Message
}

func size(m v1alpha1.ModelStatus) string {
	if m.Size == nil {
		return ""
	}
	return HumanBytes(m.Size.AsApproximateFloat64())
}

// HumanBytes returns a number of bytes in decimal units, as Ollama does.
func HumanBytes(n float64) string {
	for _, unit := range []string{"B", "KB", "MB", "GB"} {
		switch {
		case n < 9.95 && unit != "B" && unit != "KB":
			return fmt.Sprintf("%.1f %s", n, unit)
		case n < 999.5:
			return fmt.Sprintf("%.0f %s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.1f TB", n)
}

// shortDigest returns the first digits of a digest, as "ollama list" does.
func shortDigest(digest string) string {
	digest = strings.TrimPrefix(digest, "sha256:")
	return digest[:min(len(digest), 12)]
}

func lastPulled(m v1alpha1.ModelStatus, o Options) string {
	if m.LastPulled == nil {
		return "-"
	}
	return duration.HumanDuration(o.Now.Sub(m.LastPulled.Time)) + " ago"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
