// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/geeper-io/llm-operator/hack/bench/figures"
)

// prefix is what precedes the number of objects in the name of the benchmark.
const prefix = "Operator/objects="

// A row is a cost in the table.
type row struct{ title, unit, format string }

var rows = []row{
	{"peak memory while they are created, MB", "peak-MB/create", "%.0f"},
	{"peak memory after a restart, MB", "peak-MB/restart", "%.0f"},
	{"CPU time while they are created, s", "CPU-s/create", "%.0f"},
	{"CPU time after a restart, s", "CPU-s/restart", "%.1f"},
	{"all children exist after, s", "s/children", "%.0f"},
	{"all objects are ready after, s", "s/ready", "%.0f"},
	{"writes of an object that is created", "writes/object", "%.2f"},
	{"reads of an object that is created", "reads/object", "%.2f"},
	{"writes at rest", "writes/rest", "%.0f"},
	{"reads at rest", "reads/rest", "%.0f"},
	{"writes after a restart", "writes/restart", "%.2f"},
	{"`kubectl llm preflight` of all objects, s", "s/preflight", "%.1f"},
}

// sizesOf returns the numbers of objects that were measured, in order. It fails if there are none.
func sizesOf(measured figures.Figures) ([]int, error) {
	var sizes []int
	for figure := range measured {
		text, found := strings.CutPrefix(figure.Benchmark, prefix)
		if !found {
			continue
		}
		size, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("reading the number of objects: %w", err)
		}
		if !slices.Contains(sizes, size) {
			sizes = append(sizes, size)
		}
	}
	if len(sizes) == 0 {
		return nil, errors.New("no benchmark of the operator was measured")
	}
	slices.Sort(sizes)
	return sizes, nil
}

// of returns the figure of a number of objects.
func of(measured figures.Figures, size int, unit string) (float64, bool) {
	return measured.Median(figures.Figure{Benchmark: prefix + strconv.Itoa(size), Unit: unit})
}

// table returns a Markdown table with a column for each number of objects.
func table(sizes []int, measured figures.Figures) string {
	var out strings.Builder
	out.WriteString("| objects |")
	for _, size := range sizes {
		fmt.Fprintf(&out, " %d |", size)
	}
	out.WriteString("\n|---|" + strings.Repeat("--:|", len(sizes)) + "\n")
	for _, r := range rows {
		out.WriteString("| " + r.title + " |")
		for _, size := range sizes {
			if value, found := of(measured, size, r.unit); found {
				fmt.Fprintf(&out, " "+r.format+" |", value)
			} else {
				out.WriteString(" |")
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}
