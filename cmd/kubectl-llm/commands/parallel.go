// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"iter"
	"runtime"
)

// parallel calls do for the items on all CPUs, and yields the results in the order of the items. Only a few items and
// results are in memory at a time. It returns when no call runs anymore.
func parallel[Item, Result any](items iter.Seq[Item], do func(Item) Result) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		pending := make(chan chan Result, 2*runtime.GOMAXPROCS(0)) // a slow item does not let the other CPUs wait
		stopped := make(chan struct{})
		go func() {
			defer close(pending)
			for item := range items {
				result := make(chan Result, 1)
				select {
				case pending <- result:
					go func() { result <- do(item) }()
				case <-stopped:
					return
				}
			}
		}()
		defer func() {
			close(stopped)
			for result := range pending {
				<-result
			}
		}()
		for result := range pending {
			if !yield(<-result) {
				return
			}
		}
	}
}
