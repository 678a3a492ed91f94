// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"slices"
)

// A group contains the files of a package.
type group struct {
	name  string
	files []file
}

// byPackage groups the tests, or everything else, by directory and sorts the groups by name.
func byPackage(files []file, tests bool) []group {
	var groups []group
	for _, f := range files {
		if f.isTest() != tests {
			continue
		}
		i := slices.IndexFunc(groups, func(g group) bool { return g.name == f.dir() })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{name: f.dir()})
		}
		groups[i].files = append(groups[i].files, f)
	}
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.name, b.name) })
	return groups
}

// A summary contains the figures of a group of files.
type summary struct {
	lines, functions   int
	largest            file
	length, complexity distribution
}

// A distribution describes the values of a figure. It is zero without functions.
type distribution struct {
	median, p90, max int
	maxName          string
}

func summarize(files []file) summary {
	var s summary
	var functions []function
	for _, f := range files {
		s.lines += f.lines
		functions = append(functions, f.functions...)
		if f.lines > s.largest.lines {
			s.largest = f
		}
	}
	s.functions = len(functions)
	s.length = distribute(functions, func(f function) int { return f.lines })
	s.complexity = distribute(functions, func(f function) int { return f.complexity })
	return s
}

func distribute(functions []function, figure func(function) int) distribution {
	if len(functions) == 0 {
		return distribution{}
	}
	sorted := slices.Clone(functions)
	slices.SortStableFunc(sorted, func(a, b function) int { return cmp.Compare(figure(a), figure(b)) })
	last := sorted[len(sorted)-1]
	return distribution{
		median:  figure(sorted[rank(len(sorted), 50)]),
		p90:     figure(sorted[rank(len(sorted), 90)]),
		max:     figure(last),
		maxName: last.name,
	}
}

// rank returns the index of a percentile of n sorted values: that of the smallest value that at least
// that percentage of the values does not exceed.
func rank(n, percent int) int { return (n*percent+99)/100 - 1 }
