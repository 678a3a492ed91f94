// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command scale makes the table and the plot of how the costs of the operator grow with the number of objects, from what
// "make bench" has printed: scale FIGURES.txt PAGE.md PLOT.svg. The table replaces what is between the two markers in
// the page.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/geeper-io/llm-operator/hack/bench/figures"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: scale FIGURES.txt PAGE.md PLOT.svg")
	}
	file, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	measured, err := figures.Read(file)
	if err != nil {
		return fmt.Errorf("reading the figures: %w", err)
	}
	sizes, err := sizesOf(measured)
	if err != nil {
		return err
	}
	page, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	after, err := replaceTable(string(page), table(sizes, measured))
	if err != nil {
		return err
	}
	if err := plotTo(args[2], sizes, measured); err != nil {
		return fmt.Errorf("drawing the plot: %w", err)
	}
	return os.WriteFile(args[1], []byte(after), 0o644)
}

// The markers of the table in the page.
const (
	begin = "<!-- scale: made by make plots -->\n"
	end   = "<!-- end of scale -->"
)

// replaceTable replaces what is between the markers. It fails if the page does not have them.
func replaceTable(page, text string) (string, error) {
	before, rest, found := strings.Cut(page, begin)
	_, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		return "", fmt.Errorf("the page must have %q and %q", strings.TrimSpace(begin), end)
	}
	return before + begin + text + end + after, nil
}
