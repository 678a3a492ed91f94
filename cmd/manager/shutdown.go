// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

// A shutdownDelay separates SIGTERM from the shutdown. Meanwhile the manager reports that it is
// not ready, but keeps serving until it is removed from the endpoints of its Services.
type shutdownDelay struct {
	started atomic.Bool
}

// withDelay returns a context that is canceled when the delay has passed since ctx ended.
func (s *shutdownDelay) withDelay(ctx context.Context, delay time.Duration) context.Context {
	delayed, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		s.started.Store(true)
		time.AfterFunc(delay, cancel)
	})
	return delayed
}

// check implements a readiness check that fails once the delay has started.
func (s *shutdownDelay) check(*http.Request) error {
	if s.started.Load() {
		return errors.New("shutting down")
	}
	return nil
}
