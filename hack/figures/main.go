// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command figures prints the size of the code, and the length and complexity of its functions, by
// package and in total, for the code and for the tests. It ignores generated files.
//
//	figures [DIRECTORY]
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(root, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(root string, w io.Writer) error {
	files, err := measureTree(os.DirFS(root))
	if err != nil {
		return err
	}
	for _, part := range []struct {
		title string
		tests bool
	}{{"code", false}, {"tests", true}} {
		if err := printTable(w, part.title, byPackage(files, part.tests)); err != nil {
			return err
		}
	}
	return nil
}

// printTable prints a line for each package and one for the total.
func printTable(w io.Writer, title string, packages []group) error {
	total := group{name: "total"}
	var rows strings.Builder
	fmt.Fprintf(&rows, "%s\tfiles\tlines\tlargest file\t\tfuncs\tlength p50\tp90\tmax\t\tcomplexity p90\tmax\t\n", title)
	for _, p := range packages {
		writeRow(&rows, p)
		total.files = append(total.files, p.files...)
	}
	writeRow(&rows, total)
	rows.WriteString("\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, rows.String()); err != nil {
		return err
	}
	return table.Flush()
}

func writeRow(rows *strings.Builder, g group) {
	s := summarize(g.files)
	fmt.Fprintf(rows, "%s\t%d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t%s\t%d\t%d\t%s\n", g.name, len(g.files), s.lines,
		s.largest.lines, s.largest.name(), s.functions,
		s.length.median, s.length.p90, s.length.max, s.length.maxName,
		s.complexity.p90, s.complexity.max, s.complexity.maxName)
}
