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

// A tracker holds what a reconciler knows of each object from one reconcile to the next.
// Losing it does no harm: requests are repeated sooner than they would be.
type tracker struct {
	mutex   sync.Mutex
	objects map[client.ObjectKey]*trackedObject
}

// A trackedObject holds what is known of one object. An object is reconciled by one worker
// at a time, so that only what the watches read needs the tracker's lock.
type trackedObject struct {
	uid        types.UID
	generation int64
	// mutated holds what the API server made of children that it changed.
	mutated map[childKey]mutation
	// refused holds the requests that the API server will refuse again.
	refused map[childKey]refusal
	// visited holds the children that the current reconcile has read.
	visited map[childKey]bool
	// written holds the last writes of children that the cache may not have yet.
	written map[childKey]write
	// failing is the time since which requests fail temporarily.
	failing time.Time
	// wrote is the resource version of the last status that was written.
	wrote string
	// wroteAt is when that was.
	wroteAt time.Time
}

// A write identifies the result of a request that changed a child.
type write struct {
	uid types.UID
	// resourceVersion is the child's, empty if it was deleted.
	resourceVersion string
}

// A mutation is what the API server made of what was applied, because another
// admission webhook changes it. Applying it again would change nothing.
type mutation struct {
	uid             types.UID
	applied, stored string
}

// of returns what is remembered of the object: nothing of an earlier object of the
// same name, and no refusals of an earlier spec.
func (t *tracker) of(object client.Object) *trackedObject {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	key := client.ObjectKeyFromObject(object)
	found := t.objects[key]
	if found == nil || found.uid != object.GetUID() {
		if t.objects == nil {
			t.objects = map[client.ObjectKey]*trackedObject{}
		}
		found = &trackedObject{uid: object.GetUID(), mutated: map[childKey]mutation{}, written: map[childKey]write{}}
		t.objects[key] = found
	}
	if found.generation != object.GetGeneration() {
		found.generation, found.refused = object.GetGeneration(), map[childKey]refusal{}
	}
	found.visited = map[childKey]bool{}
	return found
}

// forget drops what is remembered of an object that is gone.
func (t *tracker) forget(key client.ObjectKey) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.objects, key)
}

// noteWrite remembers that the object, as it is, has a status that we wrote.
func (t *tracker) noteWrite(object client.Object, now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if found := t.objects[client.ObjectKeyFromObject(object)]; found != nil {
		found.wrote, found.wroteAt = object.GetResourceVersion(), now
	}
}

// isOurWrite reports whether the object, as it is, has a status that we wrote.
func (t *tracker) isOurWrite(object client.Object) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	found := t.objects[client.ObjectKeyFromObject(object)]
	return found != nil && found.wrote == object.GetResourceVersion()
}

// isBehind reports whether the cache has the object as it was before the status that we wrote last.
// A status that equals the cached one may then differ from the stored one, and the event of our
// write starts no reconcile.
func (t *trackedObject) isBehind(cached client.Object) bool {
	return t.wrote != "" && write{cached.GetUID(), t.wrote}.isAfter(cached)
}

// isApplied reports whether applying would change nothing: because the child has what
// is wanted, or because the API server is known to make this of it.
func (t *trackedObject) isApplied(key childKey, live client.Object, wanted string) bool {
	t.visited[key] = true
	has := live.GetLabels()[appliedLabel]
	return has == wanted || t.mutated[key] == mutation{live.GetUID(), wanted, has}
}

// isOutdated reports whether the cache has the child as it was before the last write. A
// write that the cache has is forgotten.
func (t *trackedObject) isOutdated(key childKey, cached client.Object) bool {
	last, found := t.written[key]
	if found && last.isAfter(cached) {
		return true
	}
	delete(t.written, key)
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
func (t *trackedObject) noteWritten(key childKey, after client.Object) {
	t.written[key] = write{after.GetUID(), after.GetResourceVersion()}
}

// noteRemoved remembers that the child was deleted.
func (t *trackedObject) noteRemoved(key childKey, live client.Object) {
	t.written[key] = write{uid: live.GetUID()}
}

// noteApplied remembers what the API server made of what was applied.
func (t *trackedObject) noteApplied(key childKey, after client.Object, applied string) {
	t.noteWritten(key, after)
	delete(t.mutated, key)
	if has := after.GetLabels()[appliedLabel]; has != applied {
		t.mutated[key] = mutation{after.GetUID(), applied, has}
	}
}

// progressInterval is the minimum time between two writes of a status that report only progress. A
// rollout changes replicas and conditions of Deployments every second.
const progressInterval = 5 * time.Second

// untilProgress returns the delay before the status is written, 0 for immediately. Only a status that
// status.IsProgress reports as mere progress is delayed.
func (t *trackedObject) untilProgress(before, after v1alpha1.OllamaDeploymentStatus, now time.Time) time.Duration {
	if !status.IsProgress(before, after) {
		return 0
	}
	return max(t.wroteAt.Add(progressInterval).Sub(now), 0)
}

// tidy drops what is remembered of children that the present reconcile has not
// looked at: they are no longer rendered.
func (t *trackedObject) tidy() {
	for key := range t.mutated {
		if !t.visited[key] {
			delete(t.mutated, key)
		}
	}
	for key := range t.refused {
		if !t.visited[key] {
			delete(t.refused, key)
		}
	}
}
