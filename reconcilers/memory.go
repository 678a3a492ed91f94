// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A memory is what a reconciler remembers of each object from one reconcile to the
// next. Losing it does no harm: things are tried sooner than they would be.
type memory struct {
	mutex   sync.Mutex
	objects map[client.ObjectKey]*recollection
}

// A recollection is what is remembered of one object. An object is reconciled by one
// worker at a time, so that only what the watches read needs the memory's lock.
type recollection struct {
	uid        types.UID
	generation int64
	// altered holds what the API server made of children that it changed.
	altered map[childKey]alteration
	// refused holds the requests that the API server will refuse again.
	refused map[childKey]refusal
	// touched are the children that the present reconcile has looked at.
	touched map[childKey]bool
	// failing is since when something failed that may go away by itself.
	failing time.Time
	// changing is since when every reconcile had to change something.
	changing time.Time
	// wrote is the resource version of the last status that was written.
	wrote string
}

// An alteration is what the API server made of what was applied, because another
// admission webhook changes it. Applying it again would change nothing.
type alteration struct {
	uid             types.UID
	applied, stored string
}

// A refusal is a request that the API server refused.
type refusal struct {
	// attempt is what was tried, and on what.
	attempt string
	err     error
	times   int
	until   time.Time
}

// Pauses after a request that the API server will refuse again.
const (
	firstPause   = 15 * time.Second
	longestPause = 5 * time.Minute
)

// of returns what is remembered of the object: nothing of an earlier object of the
// same name, and no refusals of an earlier spec.
func (m *memory) of(object client.Object) *recollection {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	key := client.ObjectKeyFromObject(object)
	found := m.objects[key]
	if found == nil || found.uid != object.GetUID() {
		if m.objects == nil {
			m.objects = map[client.ObjectKey]*recollection{}
		}
		found = &recollection{uid: object.GetUID(), altered: map[childKey]alteration{}}
		m.objects[key] = found
	}
	if found.generation != object.GetGeneration() {
		found.generation, found.refused = object.GetGeneration(), map[childKey]refusal{}
	}
	found.touched = map[childKey]bool{}
	return found
}

// forget drops what is remembered of an object that is gone.
func (m *memory) forget(key client.ObjectKey) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.objects, key)
}

// noteWrite remembers that the object, as it is, has a status that we wrote.
func (m *memory) noteWrite(object client.Object) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if found := m.objects[client.ObjectKeyFromObject(object)]; found != nil {
		found.wrote = object.GetResourceVersion()
	}
}

// isOurWrite reports whether the object, as it is, has a status that we wrote.
func (m *memory) isOurWrite(object client.Object) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	found := m.objects[client.ObjectKeyFromObject(object)]
	return found != nil && found.wrote == object.GetResourceVersion()
}

// isApplied reports whether applying would change nothing: because the child has what
// is wanted, or because the API server is known to make this of it.
func (m *recollection) isApplied(key childKey, live client.Object, wanted string) bool {
	m.touched[key] = true
	has := live.GetLabels()[appliedLabel]
	return has == wanted || m.altered[key] == alteration{live.GetUID(), wanted, has}
}

// noteApplied remembers what the API server made of what was applied.
func (m *recollection) noteApplied(key childKey, after client.Object, applied string) {
	delete(m.altered, key)
	if has := after.GetLabels()[appliedLabel]; has != applied {
		m.altered[key] = alteration{after.GetUID(), applied, has}
	}
}

// refusedLately returns the error of the same attempt while it is not to be repeated.
func (m *recollection) refusedLately(key childKey, attempt string, now time.Time) error {
	m.touched[key] = true
	if last, found := m.refused[key]; found && last.attempt == attempt && now.Before(last.until) {
		return last.err
	}
	return nil
}

// noteRefused remembers a refusal, each time of the same for longer.
func (m *recollection) noteRefused(key childKey, attempt string, err error, now time.Time) {
	times := 1
	if last, found := m.refused[key]; found && last.attempt == attempt {
		times = last.times + 1
	}
	m.refused[key] = refusal{attempt, err, times, now.Add(pause(times))}
}

// pause is how long a request is not repeated that was refused so many times.
func pause(times int) time.Duration {
	p := firstPause
	for range times - 1 {
		if p *= 2; p >= longestPause {
			return longestPause
		}
	}
	return p
}

// untilRetry is how long it is until the first refused request may be repeated; zero
// if there is none.
func (m *recollection) untilRetry(now time.Time) time.Duration {
	var soonest time.Duration
	for _, one := range m.refused {
		if left := max(one.until.Sub(now), time.Second); soonest == 0 || left < soonest {
			soonest = left
		}
	}
	return soonest
}

// patience is how long a status waits for children to stand still. Longer than that,
// another controller undoes what is applied, again and again.
const patience = 5 * time.Second

// isSettling reports whether children were just changed, so that it is too soon for a
// status. It is not for ever: a quarrel about a child does not hold up the status.
func (m *recollection) isSettling(changed bool, now time.Time) bool {
	switch {
	case !changed:
		m.changing = time.Time{}
	case m.changing.IsZero():
		m.changing = now
	}
	return changed && now.Sub(m.changing) < patience
}

// tidy drops what is remembered of children that the present reconcile has not
// looked at: they are no longer rendered.
func (m *recollection) tidy() {
	for key := range m.altered {
		if !m.touched[key] {
			delete(m.altered, key)
		}
	}
	for key := range m.refused {
		if !m.touched[key] {
			delete(m.refused, key)
		}
	}
}
