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

// A tracker remembers what a reconciler knows about each object between reconciles. Losing it is
// harmless: requests are only repeated sooner.
type tracker struct {
	mutex   sync.Mutex
	objects map[client.ObjectKey]*trackedObject
}

// A trackedObject holds what is known about one object. One worker at a time reconciles an object,
// so only the fields that the watches read need the tracker's lock.
type trackedObject struct {
	uid        types.UID
	generation int64
	// paused reports whether nothing is written but the status.
	paused bool
	// attempted reports whether children were applied at least once.
	attempted bool
	// reconciled is the generation that was last reconciled without a problem, or that admission made of it.
	reconciled int64
	// debt is that of the spec of the generation debtGeneration.
	debt           status.Debt
	debtGeneration int64
	// mutated holds children that the API server stored differently than applied.
	mutated map[childKey]mutation
	// refused holds the requests that the API server will refuse again.
	refused map[childKey]refusal
	// visited holds the children that the current reconcile has looked at, until it is tidied up.
	visited map[childKey]bool
	// written holds the last writes of children, which the cache may not have yet, and writtenAt is the time of the
	// last one.
	written   map[childKey]write
	writtenAt time.Time
	// failing is when transient failures began, zero if there are none.
	failing time.Time
	// wrote is the resource version after the last write of the status.
	wrote string
	// wroteAt is the time of that write.
	wroteAt time.Time
}

// A write records a child as the API server returned it.
type write struct {
	uid types.UID
	// resourceVersion is the child's, empty if it was deleted.
	resourceVersion string
}

// A mutation records that another admission webhook changed an applied child. Applying it again
// would change nothing.
type mutation struct {
	uid             types.UID
	applied, stored string
}

// of returns the trackedObject of the object. It starts anew for another UID, and drops the
// refusals when the generation changes.
func (t *tracker) of(object client.Object) *trackedObject {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	key := client.ObjectKeyFromObject(object)
	found := t.objects[key]
	if found == nil || found.uid != object.GetUID() {
		if t.objects == nil {
			t.objects = map[client.ObjectKey]*trackedObject{}
		}
		found = &trackedObject{uid: object.GetUID()}
		t.objects[key] = found
	}
	if found.generation != object.GetGeneration() {
		found.generation, found.refused = object.GetGeneration(), nil
	}
	found.visited = nil
	return found
}

// cacheLag is how long the cache may lack a write. One that it lacks then was lost: etcd has been restored from a backup,
// and resource versions begin again before that of the write.
const cacheLag = time.Minute

// expire forgets writes that the cache has had the time to catch up with.
func (t *tracker) expire(found *trackedObject, now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if now.Sub(found.wroteAt) > cacheLag {
		found.wrote = ""
	}
	if now.Sub(found.writtenAt) > cacheLag {
		found.written = nil
	}
}

// forget drops the trackedObject of a deleted object.
func (t *tracker) forget(key client.ObjectKey) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.objects, key)
}

// noteWrite records that we wrote the status of this version of the object.
func (t *tracker) noteWrite(object client.Object, now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if found := t.objects[client.ObjectKeyFromObject(object)]; found != nil {
		found.wrote, found.wroteAt = object.GetResourceVersion(), now
	}
}

// isOurWrite reports whether we wrote the status of this version of the object.
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
	t.visit(key)
	has := live.GetLabels()[appliedLabel]
	return has == wanted || t.mutated[key] == mutation{live.GetUID(), wanted, has}
}

// isOutdated reports whether the cached child is older than the last write. It forgets a write that
// the cache has caught up with.
func (t *trackedObject) isOutdated(key childKey, cached client.Object) bool {
	last, found := t.written[key]
	if found && last.isAfter(cached) {
		return true
	}
	forgetChild(&t.written, key)
	return false
}

// isAfter reports whether the write is newer than the cached child.
func (w write) isAfter(cached client.Object) bool {
	if w.resourceVersion == "" {
		return cached.GetUID() == w.uid && cached.GetDeletionTimestamp().IsZero()
	}
	order, err := resourceversion.CompareResourceVersion(cached.GetResourceVersion(), w.resourceVersion)
	return err == nil && order < 0
}

// noteWritten records the child that the API server returned.
func (t *trackedObject) noteWritten(key childKey, after client.Object) {
	noteChild(&t.written, key, write{after.GetUID(), after.GetResourceVersion()})
}

// noteRemoved records that the child was deleted.
func (t *trackedObject) noteRemoved(key childKey, live client.Object) {
	noteChild(&t.written, key, write{uid: live.GetUID()})
}

// noteApplied records the result of applying a child.
func (t *trackedObject) noteApplied(key childKey, after client.Object, applied string) {
	t.noteWritten(key, after)
	forgetChild(&t.mutated, key)
	if has := after.GetLabels()[appliedLabel]; has != applied {
		noteChild(&t.mutated, key, mutation{after.GetUID(), applied, has})
	}
}

// visit notes that the current reconcile has looked at the child.
func (t *trackedObject) visit(key childKey) { noteChild(&t.visited, key, true) }

// noteChild adds what is known of a child. Maps are nil while they are empty, because most of most objects are, for
// good, and an empty map that once had entries needs as much memory as then.
func noteChild[V any](known *map[childKey]V, key childKey, value V) {
	if *known == nil {
		*known = map[childKey]V{}
	}
	(*known)[key] = value
}

// forgetChild removes what is known of a child.
func forgetChild[V any](known *map[childKey]V, key childKey) {
	delete(*known, key)
	if len(*known) == 0 {
		*known = nil
	}
}

// progressInterval is the minimum time between two writes of a status that only report progress. A
// rollout changes replicas and conditions of Deployments every second.
const progressInterval = 5 * time.Second

// untilProgress returns how long to wait before writing the status. It returns 0 if more has
// changed than status.IsProgress ignores.
func (t *trackedObject) untilProgress(before, after v1alpha1.OllamaDeploymentStatus, now time.Time) time.Duration {
	if !status.IsProgress(before, after) {
		return 0
	}
	return max(t.wroteAt.Add(progressInterval).Sub(now), 0)
}

// isNew reports whether no children of the object were ever applied, as far as is known, and they are now. Those of
// a paused object are read, because applying cannot tell whose they are.
func (t *trackedObject) isNew(d *v1alpha1.OllamaDeployment) bool {
	return !t.attempted && !t.paused && d.Status.ObservedGeneration == 0
}

// tidy ends a reconcile: it forgets children that were not looked at, because they are no longer
// rendered.
func (t *trackedObject) tidy() {
	for key := range t.mutated {
		if !t.visited[key] {
			forgetChild(&t.mutated, key)
		}
	}
	for key := range t.refused {
		if !t.visited[key] {
			forgetChild(&t.refused, key)
		}
	}
	t.visited, t.attempted = nil, true
}
