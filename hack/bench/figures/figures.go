// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package figures reads the figures of benchmarks.
package figures

import (
	"io"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// A Figure identifies what is measured.
type Figure struct {
	// Benchmark is the name without "Benchmark" and without the number of CPUs.
	Benchmark string
	// Unit is as it was printed, such as "ns/op".
	Unit string
}

// Figures are all values of each figure.
type Figures map[Figure][]float64

// Read reads the output of benchmarks, in the format of go test. Lines that are not of benchmarks are skipped. It fails
// for lines of benchmarks that cannot be read.
func Read(in io.Reader) (Figures, error) {
	out := Figures{}
	reader := benchfmt.NewReader(in, "figures")
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			name := withoutCPUs(string(record.Name.Full()))
			for _, value := range record.Values {
				unit, v := value.Unit, value.Value
				if value.OrigUnit != "" {
					unit, v = value.OrigUnit, value.OrigValue
				}
				out[Figure{name, unit}] = append(out[Figure{name, unit}], v)
			}
		}
	}
	return out, reader.Err()
}

// withoutCPUs returns the name of a benchmark without the number of CPUs, such as -2.
func withoutCPUs(name string) string {
	at := strings.LastIndexByte(name, '-')
	if at < 0 || strings.Trim(name[at+1:], "0123456789") != "" {
		return name
	}
	return name[:at]
}

// Median returns the middle value of the figure, and of an even number of them the lower one of the two. It returns
// false if the figure was not measured.
func (f Figures) Median(of Figure) (float64, bool) {
	values := slices.Sorted(slices.Values(f[of]))
	if len(values) == 0 {
		return 0, false
	}
	return values[(len(values)-1)/2], true
}
