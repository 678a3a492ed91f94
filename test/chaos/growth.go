// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"text/tabwriter"
	"time"
)

// Bounds of what the managers need, without objects, in addition to what they needed in the beginning: connections
// that are kept open, and buffers.
const (
	maxGrowthGoroutines = 100
	maxGrowthHeap       = 16 << 20
)

// A usage is what the managers need at a time; of each figure that of the manager with the highest.
type usage struct {
	title      string
	goroutines int
	heap       int
	objects    int
}

// measure measures what the managers need.
func (c *campaign) measure(ctx context.Context, title string) (usage, error) {
	out, err := c.measured(ctx, title)
	c.usage = append(c.usage, out)
	return out, err
}

// measured tries again if a manager has ended, which it does when it could not renew its lease on a busy machine.
func (c *campaign) measured(ctx context.Context, title string) (out usage, err error) {
	err = retry(ctx, func() error {
		if err := c.faults.restartManagers(); err != nil {
			return err
		}
		var err error
		out, err = c.measuredOnce(ctx, title)
		return err
	})
	return out, err
}

func (c *campaign) measuredOnce(ctx context.Context, title string) (usage, error) {
	managers, err := c.cluster.Managers()
	if err != nil {
		return usage{}, err
	}
	out := usage{title: title}
	for _, one := range managers {
		goroutines, heap, err := profile(ctx, one.Profiles)
		if err != nil {
			return usage{}, fmt.Errorf("measuring %s: %w", one.Name, err)
		}
		out.goroutines, out.heap = max(out.goroutines, goroutines), max(out.heap, heap)
	}
	if state, err := c.viewer.view(ctx); err == nil {
		out.objects = len(state.stored)
	}
	return out, nil
}

// Lines of profiles.
var (
	goroutinesLine = regexp.MustCompile(`(?m)^goroutine profile: total (\d+)$`)
	heapLine       = regexp.MustCompile(`(?m)^# HeapAlloc = (\d+)$`)
)

// profile returns the number of goroutines of a manager, and the bytes that its heap needs after a collection.
func profile(ctx context.Context, address string) (goroutines, heap int, err error) {
	if heap, err = read(ctx, "http://"+address+"/debug/pprof/heap?gc=1&debug=1", heapLine); err != nil {
		return 0, 0, err
	}
	goroutines, err = read(ctx, "http://"+address+"/debug/pprof/goroutine?debug=1", goroutinesLine)
	return goroutines, heap, err
}

func read(ctx context.Context, url string, line *regexp.Regexp) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err != nil {
		return 0, err
	}
	found := line.FindSubmatch(body)
	if found == nil {
		return 0, fmt.Errorf("%s has no line %q", url, line)
	}
	return strconv.Atoi(string(found[1]))
}

// judgeGrowth waits until the managers need about what they needed before; idle connections take a while to close.
func (c *campaign) judgeGrowth(ctx context.Context, before usage) error {
	begin := time.Now()
	for {
		after, err := c.measured(ctx, "no objects again")
		if err != nil {
			return err
		}
		goroutines, heap := after.goroutines-before.goroutines, after.heap-before.heap
		isOver := goroutines > maxGrowthGoroutines || heap > maxGrowthHeap
		if late := time.Since(begin) > c.settle; isOver && !late && ctx.Err() == nil {
			wait(ctx, lookInterval)
			continue
		}
		if isOver {
			c.tally.violate("the managers have %d goroutines and %d bytes of heap more than in the beginning", goroutines, heap)
		}
		c.usage = append(c.usage, after)
		return ctx.Err()
	}
}

// writeUsage prints what the managers needed at each time.
func writeUsage(out io.Writer, all []usage) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "after\tobjects\tgoroutines\theap MB")
	for _, one := range all {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\n", one.title, one.objects, one.goroutines, float64(one.heap)/1e6)
	}
	_ = w.Flush() // the output of the whole program
}
