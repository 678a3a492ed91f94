// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	coordinationv1 "k8s.io/api/coordination/v1"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Leaders are the holders of the managers' Lease, one after the other; "" means that it was released.
type leaders struct {
	cancel context.CancelFunc
	// holders is complete when done is closed.
	holders []string
	done    chan struct{}
}

// watchLeaders records the holders of the Lease until it is stopped.
func (u *upgrade) watchLeaders(t *testing.T) *leaders {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	c, err := client.NewWithWatch(u.cluster.Config, client.Options{Scheme: clientgoscheme.Scheme})
	require.NoError(t, err)
	watch, err := c.Watch(ctx, &coordinationv1.LeaseList{}, client.InNamespace(v1alpha1.OperatorNamespace))
	require.NoError(t, err)
	l := &leaders{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for event := range watch.ResultChan() {
			lease, isLease := event.Object.(*coordinationv1.Lease)
			if !isLease || lease.Spec.HolderIdentity == nil {
				continue
			}
			if holder := *lease.Spec.HolderIdentity; len(l.holders) == 0 || l.holders[len(l.holders)-1] != holder {
				l.holders = append(l.holders, holder)
			}
		}
	}()
	return l
}

// stop asserts that there was always one leader at most, that each left its place to the next instead of
// letting the Lease expire, and that the last one is another than the first.
func (l *leaders) stop(t *testing.T) {
	t.Helper()
	l.cancel()
	<-l.done
	require.NotEmpty(t, l.holders)
	t.Logf("leaders: %q", l.holders)
	for i, holder := range l.holders[1:] {
		assert.True(t, holder == "" || l.holders[i] == "", "%s replaced %s, which has not released the Lease", holder, l.holders[i])
	}
	assert.NotEqual(t, l.holders[0], l.holders[len(l.holders)-1])
}
