package main

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

// A drain is the time between the order to stop and the stop. The manager says that
// it is not ready and serves on, until nobody sends it requests any more.
type drain struct {
	begun atomic.Bool
}

// after is a context that ends a while after ctx.
func (d *drain) after(ctx context.Context, delay time.Duration) context.Context {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		d.begun.Store(true)
		time.AfterFunc(delay, cancel)
	})
	return later
}

// check is a readiness check.
func (d *drain) check(*http.Request) error {
	if d.begun.Load() {
		return errors.New("about to stop")
	}
	return nil
}
