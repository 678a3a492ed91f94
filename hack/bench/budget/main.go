// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command budget reads the output of benchmarks from standard input, repeats it, and compares their figures with the
// budgets in a file. Of repeated benchmarks the median counts. The exit status is 1 if a figure exceeds its budget
// or was not measured.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/geeper-io/llm-operator/hack/bench/figures"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "budget:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: go test -bench . ./... | budget BUDGETS.yaml")
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	budgets, err := readBudgets(data)
	if err != nil {
		return err
	}
	var kept bytes.Buffer
	if _, err := io.Copy(io.MultiWriter(out, &kept), in); err != nil {
		return fmt.Errorf("reading the figures: %w", err)
	}
	measured, err := figures.Read(&kept)
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	return check(out, budgets, measured)
}
