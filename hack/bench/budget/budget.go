// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/hack/bench/figures"
)

// A Budget is what a benchmark may cost. Budgets are of ratios and counts, which are alike on all machines.
type Budget struct {
	// Benchmark is the name without "Benchmark" and without the number of CPUs.
	Benchmark string `json:"benchmark"`
	// Unit is that of the figure, such as "ratio" or "allocs/op".
	Unit string `json:"unit"`
	// Max is the largest figure.
	Max float64 `json:"max"`
	// Tolerance is the share of Max by which a figure may exceed it, for what differs from run to run.
	Tolerance float64 `json:"tolerance,omitempty"`
}

// limit is the largest figure that passes.
func (b Budget) limit() float64 { return b.Max * (1 + b.Tolerance) }

func (b Budget) figure() figures.Figure { return figures.Figure{Benchmark: b.Benchmark, Unit: b.Unit} }

// readBudgets reads the budgets of a file. It fails for unknown fields, and for budgets that are incomplete or repeated.
func readBudgets(data []byte) ([]Budget, error) {
	var file struct {
		Budgets []Budget `json:"budgets"`
	}
	if err := yaml.UnmarshalStrict(data, &file); err != nil {
		return nil, fmt.Errorf("reading the budgets: %w", err)
	}
	seen := map[figures.Figure]bool{}
	for i, b := range file.Budgets {
		switch {
		case b.Benchmark == "" || b.Unit == "":
			return nil, fmt.Errorf("budgets[%d]: benchmark and unit are required", i)
		case b.Max < 0 || b.Tolerance < 0:
			return nil, fmt.Errorf("budgets[%d]: max and tolerance must not be negative", i)
		case seen[b.figure()]:
			return nil, fmt.Errorf("budgets[%d]: %s has another budget of %s", i, b.Benchmark, b.Unit)
		}
		seen[b.figure()] = true
	}
	if len(file.Budgets) == 0 {
		return nil, errors.New("there are no budgets")
	}
	return file.Budgets, nil
}

// check writes a row for each budget. It fails if a figure exceeds its budget, or was not measured.
func check(w io.Writer, budgets []Budget, measured figures.Figures) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "median\tbudget\ttolerance\tunit\t benchmark")
	var errs []error
	for _, b := range budgets {
		got, found := measured.Median(b.figure())
		if !found {
			errs = append(errs, fmt.Errorf("%s has no %s: it was not measured", b.Benchmark, b.Unit))
			continue
		}
		verdict := ""
		if got > b.limit() {
			verdict = "  EXCEEDED"
			errs = append(errs, fmt.Errorf("%s costs %.4g %s, more than %.4g", b.Benchmark, got, b.Unit, b.limit()))
		}
		fmt.Fprintf(table, "%.4g\t%.4g\t%.0f %%\t%s\t %s%s\n", got, b.Max, b.Tolerance*100, b.Unit, b.Benchmark, verdict)
	}
	return errors.Join(append(errs, table.Flush())...)
}
