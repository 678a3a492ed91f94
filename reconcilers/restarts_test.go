// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A fleet is a queue with the objects that it has woken, in a bubble of synctest.
type fleet struct {
	*restarts
	mutex sync.Mutex
	woken []string
}

func newFleet(t *testing.T, most int, unfinished map[string]time.Duration) *fleet {
	t.Helper()
	f := &fleet{}
	f.restarts = &restarts{
		max: most,
		unfinished: func(context.Context) (map[client.ObjectKey]time.Time, error) {
			out := map[client.ObjectKey]time.Time{}
			for name, ago := range unfinished {
				out[keyOf(name)] = time.Now().Add(-ago)
			}
			return out, nil
		},
		wake: func(key client.ObjectKey) {
			f.mutex.Lock()
			defer f.mutex.Unlock()
			f.woken = append(f.woken, key.Name)
		},
	}
	require.NoError(t, f.begin(t.Context()))
	return f
}

func keyOf(name string) client.ObjectKey { return client.ObjectKey{Namespace: "n", Name: name} }

// entered returns those of the objects that may restart now.
func (f *fleet) entered(names ...string) (started []string) {
	for _, name := range names {
		if f.enter(keyOf(name)) {
			started = append(started, name)
		}
	}
	return started
}

// news returns the objects that were woken since it was last called.
func (f *fleet) news() []string {
	synctest.Wait()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	defer func() { f.woken = nil }()
	return f.woken
}

// Who comes first restarts first, and the next one is woken when the pods of one are up to date.
func TestRestartsInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		assert.Equal(t, []string{"a", "b"}, f.entered("a", "b", "c", "d", "e"))
		assert.Equal(t, []string{"a", "b"}, f.entered("e", "a", "b"), "once more")
		f.settle(keyOf("a"), false, false)
		assert.Empty(t, f.news(), "its pods are being replaced")
		f.settle(keyOf("a"), false, true)
		assert.Equal(t, []string{"c"}, f.news())
		assert.Equal(t, []string{"c"}, f.entered("a", "d", "c"), "the slot is the one's that was woken, and a is the last")
		f.settle(keyOf("d"), false, false)
		f.settle(keyOf("b"), false, true)
		assert.Equal(t, []string{"e"}, f.news(), "d has left the queue")
		f.forget(keyOf("c"))
		assert.Equal(t, []string{"a"}, f.news(), "c is deleted")
		running, waiting := f.counts()
		assert.Equal(t, []int{2, 0}, []int{running, waiting})
		f.settle(keyOf("e"), true, true)
		assert.Equal(t, []string{"e"}, f.entered("e"), "it was given the slot while it was looked at")
	})
}

// An object whose pods do not become ready holds up others only for a while.
func TestRestartsExpire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.entered("a", "b", "c")
		<-time.After(restartLimit - time.Second)
		assert.Empty(t, f.news())
		<-time.After(time.Second)
		assert.Equal(t, []string{"b"}, f.news())
		f.settle(keyOf("a"), false, true)
		assert.Empty(t, f.news(), "it has no slot anymore")
		f.settle(keyOf("b"), false, true)
		assert.Equal(t, []string{"c"}, f.news())
		<-time.After(restartLimit - time.Second)
		running, _ := f.counts()
		assert.Equal(t, 1, running, "the timer of b does not end the slot of c")
	})
}

// What an earlier process has begun has slots first, for the rest of its time.
func TestRestartsAfterRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, map[string]time.Duration{"a": 0, "b": restartLimit - time.Second})
		assert.Empty(t, f.entered("c"))
		<-time.After(time.Second)
		assert.Empty(t, f.news(), "a has the only slot")
		f.settle(keyOf("a"), false, true)
		assert.Equal(t, []string{"c"}, f.news())
	})
	broken := &restarts{max: 1, unfinished: func(context.Context) (map[client.ObjectKey]time.Time, error) { return nil, errors.New("no cache") }}
	require.EqualError(t, broken.begin(t.Context()), "no cache")
}

// A nil queue limits nothing.
func TestNoRestarts(t *testing.T) {
	t.Parallel()
	var none *restarts
	none.settle(keyOf("a"), false, true)
	none.forget(keyOf("a"))
}

// Whatever happens, no more objects than the maximum restart at a time, and none waits while there is a slot.
func TestRestartsNeverStall(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // reproducible
				f := newFleet(t, 1+random.IntN(3), nil)
				for range 200 {
					key := keyOf(string("abcdefgh"[random.IntN(8)]))
					switch random.IntN(5) {
					case 0, 1:
						f.entered(key.Name)
					case 2:
						f.settle(key, random.IntN(2) == 0, random.IntN(2) == 0)
					case 3:
						f.forget(key)
					default:
						<-time.After(time.Duration(random.IntN(int(restartLimit))))
					}
					synctest.Wait()
					running, waiting := f.counts()
					require.LessOrEqual(t, running, f.max)
					require.False(t, running < f.max && waiting > 0)
					require.Len(t, slices.Compact(slices.SortedFunc(slices.Values(f.waiting), func(a, b client.ObjectKey) int { return int(a.Name[0]) - int(b.Name[0]) })), waiting)
				}
			})
		})
	}
}
