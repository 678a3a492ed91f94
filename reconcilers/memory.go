// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
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
	// written holds the last writes of children that the cache may not have yet.
	written map[childKey]write
	// failing is since when something failed that may go away by itself.
	failing time.Time
	// wrote is the resource version of the last status that was written.
	wrote string
	// wroteAt is when that was.
	wroteAt time.Time
}

// A write is what the API server made of a child in answer to a request.
type write struct {
	uid types.UID
	// resourceVersion is the child's, empty if it was deleted.
	resourceVersion string
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
		found = &recollection{uid: object.GetUID(), altered: map[childKey]alteration{}, written: map[childKey]write{}}
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
func (m *memory) noteWrite(object client.Object, now time.Time) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if found := m.objects[client.ObjectKeyFromObject(object)]; found != nil {
		found.wrote, found.wroteAt = object.GetResourceVersion(), now
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

// isOutdated reports whether the cache has the child as it was before the last write. A
// write that the cache has is forgotten.
func (m *recollection) isOutdated(key childKey, cached client.Object) bool {
	last, found := m.written[key]
	if found && last.isAfter(cached) {
		return true
	}
	delete(m.written, key)
	return false
}

// isAfter reports whether the child was written after it was as the cache has it.
func (w write) isAfter(cached client.Object) bool {
	if w.resourceVersion == "" {
		return cached.GetUID() == w.uid && cached.GetDeletionTimestamp().IsZero()
	}
	order, err := resourceversion.CompareResourceVersion(cached.GetResourceVersion(), w.resourceVersion)
	return err == nil && order < 0
}

// noteWritten remembers the child as the API server has answered.
func (m *recollection) noteWritten(key childKey, after client.Object) {
	m.written[key] = write{after.GetUID(), after.GetResourceVersion()}
}

// noteRemoved remembers that the child was deleted.
func (m *recollection) noteRemoved(key childKey, live client.Object) {
	m.written[key] = write{uid: live.GetUID()}
}

// noteApplied remembers what the API server made of what was applied.
func (m *recollection) noteApplied(key childKey, after client.Object, applied string) {
	m.noteWritten(key, after)
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

// progressInterval is the minimum time between two writes of a status that tell of nothing
// but progress. A rollout changes replicas and conditions of Deployments every second.
const progressInterval = 5 * time.Second

// untilProgress returns how long to wait before the status is written, 0 if it is to be
// written now: it is whenever more has changed than what status.IsProgress ignores.
func (m *recollection) untilProgress(before, after v1alpha1.OllamaDeploymentStatus, now time.Time) time.Duration {
	if !status.IsProgress(before, after) {
		return 0
	}
	return max(m.wroteAt.Add(progressInterval).Sub(now), 0)
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
