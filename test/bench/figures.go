// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
)

// figures are what was measured, in the order of measuring.
type figures []figure

type figure struct {
	unit  string
	value float64
}

func (f *figures) add(unit string, value float64) { *f = append(*f, figure{unit, value}) }

// write writes the figures as the result of a benchmark, in the format of go test, which tools for benchmarks read.
//
// Source: golang.org/design/14313-benchmark-format.
func (f figures) write(w io.Writer, objects int) error {
	var line strings.Builder
	fmt.Fprintf(&line, "BenchmarkOperator/objects=%d-%d\t1", objects, runtime.GOMAXPROCS(0))
	for _, one := range f {
		fmt.Fprintf(&line, "\t%.4g %s", one.value, one.unit)
	}
	_, err := fmt.Fprintln(w, line.String())
	return err
}
