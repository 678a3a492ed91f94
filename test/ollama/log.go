// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"maps"
	"slices"
	"sync"
)

// A Kind is what a request asks for.
type Kind string

// Kinds of requests.
const (
	KindList    Kind = "list"
	KindPull    Kind = "pull"
	KindDelete  Kind = "delete"
	KindCopy    Kind = "copy"
	KindShow    Kind = "show"
	KindVersion Kind = "version"
	KindOther   Kind = "other"
)

// A Request is a request that a server got.
type Request struct {
	// Server is the Name of the server.
	Server string
	Kind   Kind
	// Model is the name as it was sent.
	Model string
}

// maxRequests bounds a Log.
const maxRequests = 10_000

// A Log records the requests to servers, which may share it. The zero Log is empty.
type Log struct {
	mu       sync.Mutex
	requests []Request
	counts   map[Kind]int
}

func (l *Log) add(request Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) == maxRequests {
		l.requests = slices.Delete(l.requests, 0, maxRequests/2)
	}
	l.requests = append(l.requests, request)
	if l.counts == nil {
		l.counts = map[Kind]int{}
	}
	l.counts[request.Kind]++
}

// Requests returns the latest requests, at least 5,000, in their order.
func (l *Log) Requests() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// Counts returns the number of requests by kind since the beginning.
func (l *Log) Counts() map[Kind]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}
