// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// routesCRD is the name of the CRD of HTTPRoutes.
const routesCRD = "httproutes.gateway.networking.k8s.io"

const (
	// gatewayPollInterval is how often the API server is asked for HTTPRoutes if the operator may not watch
	// their CRD.
	gatewayPollInterval = 30 * time.Second
	// longestServingWait is the longest time between two looks at whether a CRD that exists is served. A
	// cluster that has only a beta of it is asked as often.
	longestServingWait = time.Minute
)

// A RouteReader reads HTTPRoutes while the cluster has them.
type RouteReader interface {
	// Reader returns the cache of HTTPRoutes, nil while the cluster does not have them.
	Reader() client.Reader
}

// A gatewayAPI knows whether the cluster has HTTPRoutes, whose CRD may come and go at any time, and has a
// cache of them for as long. One worker reconciles it.
type gatewayAPI struct {
	// exists reports whether the CRD exists and is not being deleted. It is nil if the operator may not know.
	exists func(context.Context) (bool, error)
	// served reports whether the API server has HTTPRoutes of the version that is rendered, and takes new ones.
	served func(context.Context) (bool, error)
	// open starts a cache of HTTPRoutes, which is complete when it returns.
	open func(context.Context) (*routeCache, error)
	// watch has the controller watch the HTTPRoutes of the cache.
	watch func(*routeCache) error
	// changed has the objects with routes reconciled.
	changed func(context.Context) error

	// known is closed when it is known whether there are HTTPRoutes.
	known chan struct{}
	// waits counts the looks at a CRD that exists and is not served yet.
	waits int

	mutex sync.Mutex
	cache *routeCache
}

// A routeCache is a cache of HTTPRoutes that can be stopped.
type routeCache struct {
	client.Reader
	stop context.CancelFunc
	// watch has a controller's queue filled until the cache is stopped.
	watch func(queue) error
}

// Reader implements RouteReader.
func (g *gatewayAPI) Reader() client.Reader {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.cache == nil {
		return nil
	}
	return g.cache.Reader
}

// Reconcile starts the cache when the cluster has HTTPRoutes, and stops it when it no longer has them: at
// the latest when their CRD is about to go, because a watch of a kind that is gone fails all the time.
func (g *gatewayAPI) Reconcile(ctx context.Context, _ reconcile.Request) (reconcile.Result, error) {
	exists, served, err := g.look(ctx)
	if err != nil {
		return reconcile.Result{}, err
	}
	switch has := g.Reader() != nil; {
	case served && !has:
		err = g.start(ctx)
	case !served && has:
		g.end()
		ctrl.LoggerFrom(ctx).Info("the HTTPRoutes are gone")
		err = g.changed(ctx)
	default:
		g.settle()
	}
	return reconcile.Result{RequeueAfter: g.nextLook(exists, served)}, err
}

// look reports whether the CRD exists and whether HTTPRoutes are served.
func (g *gatewayAPI) look(ctx context.Context) (exists, served bool, err error) {
	if g.exists != nil {
		if exists, err = g.exists(ctx); err != nil {
			return false, false, fmt.Errorf("reading CustomResourceDefinition %s: %w", routesCRD, err)
		}
		if !exists {
			return false, false, nil
		}
	}
	if served, err = g.served(ctx); err != nil {
		return false, false, fmt.Errorf("asking the API server for HTTPRoutes: %w", err)
	}
	return exists, served, nil
}

// start opens the cache. If that fails, there are no HTTPRoutes until it succeeds, and all else goes on.
func (g *gatewayAPI) start(ctx context.Context) error {
	opened, err := g.open(ctx)
	if err != nil {
		g.settle()
		return fmt.Errorf("reading the HTTPRoutes: %w", err)
	}
	g.mutex.Lock()
	g.cache = opened
	g.mutex.Unlock()
	first := g.settle() // before the watch, which waits for the controller, which waits for this
	ctrl.LoggerFrom(ctx).Info("the cluster has HTTPRoutes")
	if err := g.watch(opened); err != nil {
		g.end()
		return fmt.Errorf("watching the HTTPRoutes: %w", err)
	}
	if first {
		return nil // the controller is starting, and reconciles all objects anyway
	}
	return g.changed(ctx)
}

// end stops the cache.
func (g *gatewayAPI) end() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.cache.stop()
	g.cache = nil
}

// settle records that it is known whether there are HTTPRoutes, and reports whether it was not known before.
func (g *gatewayAPI) settle() bool {
	select {
	case <-g.known:
		return false
	default:
		close(g.known)
		return true
	}
}

// nextLook returns how long until the next look, 0 if the next event of the CRD starts it. A CRD that is new
// is served a moment later, of which there is no event.
func (g *gatewayAPI) nextLook(exists, served bool) time.Duration {
	switch {
	case g.exists == nil:
		return gatewayPollInterval
	case !exists || served:
		g.waits = 0
		return 0
	}
	wait := min(time.Second<<g.waits, longestServingWait)
	if wait < longestServingWait {
		g.waits++
	}
	return wait
}

// A gate is a source without events. A controller with it starts to reconcile when the channel is closed.
type gate <-chan struct{}

// Start implements source.Source.
func (gate) Start(context.Context, queue) error { return nil }

// WaitForSync implements source.SyncingSource.
func (g gate) WaitForSync(ctx context.Context) error {
	select {
	case <-g:
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil
		}
		return errors.New("it is not known whether the cluster has HTTPRoutes")
	}
}
