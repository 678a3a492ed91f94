// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"slices"
	"sync"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// restartLimit is how long an object may hold up others while its pods are replaced. One whose pods do not become
// ready in that time goes on without a slot, and the next one follows.
const restartLimit = 10 * time.Minute

// restarts limits of how many objects pods are replaced at a time because a new version of the operator renders
// them differently. Who comes first goes first. Losing it is harmless: unfinished is asked again. A nil one limits
// nothing.
type restarts struct {
	// max is the number of slots.
	max int
	// unfinished returns the objects whose pods are being replaced at the beginning, and since when.
	unfinished func(context.Context) (map[client.ObjectKey]time.Time, error)
	// wake has an object reconciled that has got a slot.
	wake func(client.ObjectKey)

	mutex sync.Mutex
	// running holds the objects with a slot, nil before the beginning.
	running map[client.ObjectKey]*slot
	waiting []client.ObjectKey
}

// A slot ends with its timer.
type slot struct{ timer *time.Timer }

// begin gives slots to the unfinished objects of an earlier process, as many as there are. They may be more than the
// maximum. It does nothing once that is done.
func (r *restarts) begin(ctx context.Context) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.running != nil {
		return nil
	}
	found, err := r.unfinished(ctx)
	if err != nil {
		return err
	}
	r.running = map[client.ObjectKey]*slot{}
	for key, since := range found {
		r.start(key, min(restartLimit, restartLimit-time.Since(since))) // the clock of its controller may be ahead
	}
	return nil
}

// enter reports whether the pods of an object may be replaced now. If not, the object is woken when it is its
// turn.
func (r *restarts) enter(key client.ObjectKey) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, runs := r.running[key]; runs {
		return true
	}
	if len(r.waiting) == 0 && len(r.running) < r.max {
		r.start(key, restartLimit)
		return true
	}
	if !slices.Contains(r.waiting, key) {
		r.waiting = append(r.waiting, key)
	}
	return false
}

// start gives an object a slot until the limit. The mutex is locked.
func (r *restarts) start(key client.ObjectKey, limit time.Duration) {
	given := &slot{}
	given.timer = time.AfterFunc(limit, func() { r.expire(key, given) })
	r.running[key] = given
}

// expire takes the slot from an object whose pods are still being replaced, unless it has another by now.
func (r *restarts) expire(key client.ObjectKey, given *slot) {
	r.mutex.Lock()
	isLate := r.running[key] == given
	var next []client.ObjectKey
	if isLate {
		next = r.release(key)
	}
	r.mutex.Unlock()
	if isLate {
		upgradeRestarts.WithLabelValues(resultOverdue).Inc()
		ctrl.Log.WithName("restarts").Info("pods that a new version of the operator changes are not ready in time; the next object follows",
			"namespace", key.Namespace, "name", key.Name, "limit", restartLimit.String())
		r.wakeAll(next)
	}
}

// settle notes that an object was reconciled: whether it waits for its turn, and whether all its pods are up to
// date. One that does neither leaves the queue, and one with a slot gives it back when its pods are up to date.
func (r *restarts) settle(key client.ObjectKey, waits, isUpToDate bool) {
	if r == nil {
		return
	}
	r.mutex.Lock()
	var next []client.ObjectKey
	_, runs := r.running[key]
	ends := runs && isUpToDate && !waits
	switch {
	case ends:
		next = r.release(key)
	case !runs && !waits:
		r.waiting = without(r.waiting, key)
	}
	r.mutex.Unlock()
	if ends {
		upgradeRestarts.WithLabelValues(resultCompleted).Inc()
	}
	r.wakeAll(next)
}

// forget drops an object that is deleted.
func (r *restarts) forget(key client.ObjectKey) {
	if r == nil {
		return
	}
	r.mutex.Lock()
	var next []client.ObjectKey
	if _, runs := r.running[key]; runs {
		next = r.release(key)
	}
	r.waiting = without(r.waiting, key)
	r.mutex.Unlock()
	r.wakeAll(next)
}

// release takes the slot from an object and gives the free ones to those that wait, which it returns. The mutex is
// locked.
func (r *restarts) release(key client.ObjectKey) (next []client.ObjectKey) {
	r.running[key].timer.Stop()
	delete(r.running, key)
	for len(r.waiting) > 0 && len(r.running) < r.max {
		next = append(next, r.waiting[0])
		r.start(r.waiting[0], restartLimit)
		r.waiting = r.waiting[1:]
	}
	return next
}

// wakeAll wakes objects. The mutex is not locked, because the controller may take its time.
func (r *restarts) wakeAll(keys []client.ObjectKey) {
	for _, key := range keys {
		r.wake(key)
	}
}

// counts returns how many objects have a slot, and how many wait for one.
func (r *restarts) counts() (running, waiting int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.running), len(r.waiting)
}

func without(keys []client.ObjectKey, key client.ObjectKey) []client.ObjectKey {
	return slices.DeleteFunc(keys, func(other client.ObjectKey) bool { return other == key })
}
