// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A load asks for a URL again and again, on a new connection each time.
type load struct {
	stop    chan struct{}
	workers sync.WaitGroup

	mu       sync.Mutex
	requests int
	failures []string
}

// Workers of a load, and the pause of each between two requests.
const (
	loadWorkers = 4
	loadPause   = 5 * time.Millisecond
)

// startLoad starts to ask for the URL.
func startLoad(url string) *load {
	l := &load{stop: make(chan struct{})}
	start := time.Now()
	for range loadWorkers {
		l.workers.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				case <-time.After(loadPause):
					l.ask(start, url)
				}
			}
		})
	}
	return l
}

func (l *load) ask(start time.Time, url string) {
	begin := time.Since(start)
	status, body, err := fetch(url)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	if err != nil || status != 200 {
		l.failures = append(l.failures, fmt.Sprintf("%s-%s: %d %s %v", begin.Round(time.Millisecond), time.Since(start).Round(time.Millisecond), status, body, err))
	}
}

// assertNoneRefused ends the load and fails the test if a request has failed.
func (l *load) assertNoneRefused(t *testing.T) {
	t.Helper()
	close(l.stop)
	l.workers.Wait()
	t.Logf("%d requests, %d failures", l.requests, len(l.failures))
	assert.Greater(t, l.requests, 20)
	assert.Empty(t, l.failures[:min(len(l.failures), 5)], "of %d requests %d failed", l.requests, len(l.failures))
}
