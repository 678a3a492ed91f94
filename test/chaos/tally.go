// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// A tally counts what happened, by group and name, and collects violations. It may be used concurrently.
type tally struct {
	mutex  sync.Mutex
	counts map[string]map[string]int
	found  []string
	known  map[string]bool
}

// Groups of counts.
const (
	groupOperation = "operations"
	groupFault     = "faults"
	groupManagers  = "managers"
	groupRequest   = "faults of requests"
	groupWrites    = "writes of the operator"
	groupReads     = "reads of the operator"
)

func (t *tally) add(group, name string, n int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.counts == nil {
		t.counts = map[string]map[string]int{}
	}
	if t.counts[group] == nil {
		t.counts[group] = map[string]int{}
	}
	t.counts[group][name] += n
}

// set sets a count.
func (t *tally) set(group, name string, n int) {
	t.add(group, name, 0)
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.counts[group][name] = n
}

func (t *tally) count(group, name string) int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.counts[group][name]
}

// countDone returns the number of operations that were done.
func (t *tally) countDone() (sum int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for name, n := range t.counts[groupOperation] {
		if strings.HasSuffix(name, ": "+outcomeDone) {
			sum += n
		}
	}
	return sum
}

// total returns the sum of a group.
func (t *tally) total(group string) (sum int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, n := range t.counts[group] {
		sum += n
	}
	return sum
}

// violate records a violation, each text once.
func (t *tally) violate(format string, args ...any) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	text := fmt.Sprintf(format, args...)
	if t.known[text] {
		return
	}
	if t.known == nil {
		t.known = map[string]bool{}
	}
	t.known[text] = true
	t.found = append(t.found, text)
}

func (t *tally) violations() []string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return slices.Clone(t.found)
}

// write prints all counts as a table.
func (t *tally) write(out io.Writer) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, group := range slices.Sorted(maps.Keys(t.counts)) {
		for _, name := range slices.Sorted(maps.Keys(t.counts[group])) {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%d\n", group, name, t.counts[group][name])
		}
	}
	_ = w.Flush() // the output of the whole program
}
