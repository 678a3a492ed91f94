// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// A gatewayWorld is a cluster whose CRD of HTTPRoutes comes and goes.
type gatewayWorld struct {
	gatewayAPI
	exist, serve               bool
	fails                      error
	opened, stopped, signalled int
}

func newGatewayWorld(watched bool) *gatewayWorld {
	w := &gatewayWorld{}
	w.gatewayAPI = gatewayAPI{
		served: func(context.Context) (bool, error) { return w.serve, nil },
		open: func(context.Context) (*routeCache, error) {
			if w.fails != nil {
				return nil, w.fails
			}
			w.opened++
			return &routeCache{Reader: fake.NewFakeClient(), stop: func() { w.stopped++ }}, nil
		},
		watch:   func(*routeCache) error { return nil },
		changed: func(context.Context) error { w.signalled++; return nil },
		known:   make(chan struct{}),
	}
	if watched {
		w.exists = func(context.Context) (bool, error) { return w.exist, nil }
	}
	return w
}

// at reconciles with the CRD in this state, and returns whether there are HTTPRoutes and when to look again.
func (w *gatewayWorld) at(t *testing.T, exists, served bool) (has bool, next time.Duration) {
	t.Helper()
	w.exist, w.serve = exists, served
	result, err := w.Reconcile(t.Context(), reconcile.Request{})
	require.NoError(t, err)
	return w.Reader() != nil, result.RequeueAfter
}

// HTTPRoutes are taken up when they are served, and let go when their CRD is about to go.
func TestGatewayAPIComesAndGoes(t *testing.T) {
	t.Parallel()
	w := newGatewayWorld(true)
	require.Error(t, gate(w.known).WaitForSync(expired(t)), "it is not known yet")
	for _, step := range []struct {
		what           string
		exists, served bool
		has            bool
		next           time.Duration
		signalled      int
	}{
		{what: "no CRD"},
		{what: "a CRD that is not served yet", exists: true, next: time.Second},
		{what: "still not", exists: true, next: 2 * time.Second},
		{what: "served", exists: true, served: true, has: true, signalled: 1},
		{what: "an event of the CRD", exists: true, served: true, has: true, signalled: 1},
		{what: "about to go, and still served", served: true, signalled: 2},
		{what: "gone", signalled: 2},
		{what: "there again", exists: true, served: true, has: true, signalled: 3},
		{what: "only a beta is served", exists: true, next: time.Second, signalled: 4},
	} {
		has, next := w.at(t, step.exists, step.served)
		assert.Equal(t, step.has, has, step.what)
		assert.Equal(t, step.next, next, step.what)
		assert.Equal(t, step.signalled, w.signalled, step.what)
		require.NoError(t, gate(w.known).WaitForSync(t.Context()), step.what)
	}
	assert.Equal(t, 2, w.opened)
	assert.Equal(t, 2, w.stopped)
	for range 10 {
		w.at(t, true, false)
	}
	_, next := w.at(t, true, false)
	assert.Equal(t, longestServingWait, next, "a beta is not looked at all the time")
}

// The controller that starts reconciles all objects anyway.
func TestGatewayAPIThatIsThere(t *testing.T) {
	t.Parallel()
	w := newGatewayWorld(true)
	has, next := w.at(t, true, true)
	assert.True(t, has)
	assert.Zero(t, next)
	assert.Zero(t, w.signalled)
}

// Without the right to watch the CRD, the API server is asked.
func TestGatewayAPIIsPolled(t *testing.T) {
	t.Parallel()
	w := newGatewayWorld(false)
	for _, served := range []bool{false, true, false} {
		has, next := w.at(t, false, served)
		assert.Equal(t, served, has)
		assert.Equal(t, gatewayPollInterval, next)
	}
}

// HTTPRoutes that cannot be read hold up nothing else, and are tried again.
func TestGatewayAPIThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newGatewayWorld(true)
	w.exist, w.serve, w.fails = true, true, errors.New("forbidden")
	_, err := w.Reconcile(t.Context(), reconcile.Request{})
	require.ErrorIs(t, err, w.fails)
	assert.Nil(t, w.Reader())
	require.NoError(t, gate(w.known).WaitForSync(t.Context()))
	w.fails = nil
	has, _ := w.at(t, true, true)
	assert.True(t, has)
	assert.Equal(t, 1, w.signalled)
}

// expired returns a context whose time is over.
func expired(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	t.Cleanup(cancel)
	return ctx
}
