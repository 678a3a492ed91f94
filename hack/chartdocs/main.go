// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command chartdocs writes the README of a chart with the table of its values, which it makes of the
// comments of values.yaml.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

const (
	begin = "<!-- values: made of values.yaml by make generate -->\n"
	end   = "<!-- end of values -->"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: chartdocs CHART FILE")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// run writes the README of the chart in a directory, with its table of values, to a file.
func run(chart, out string) error {
	values, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return err
	}
	readme, err := os.ReadFile(filepath.Join(chart, "README.md"))
	if err != nil {
		return err
	}
	table, err := tableOf(values)
	if err != nil {
		return fmt.Errorf("values.yaml: %w", err)
	}
	replaced, err := replace(string(readme), table)
	if err != nil {
		return fmt.Errorf("README.md: %w", err)
	}
	return os.WriteFile(out, []byte(replaced), 0o600)
}

// replace replaces the text between the markers. It returns an error unless both are there, in their order.
func replace(readme, table string) (string, error) {
	before, rest, found := strings.Cut(readme, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("must have a line %q and a line %q after it", strings.TrimSpace(begin), end)
	}
	return before + begin + "\n" + table + "\n" + end + after, nil
}
