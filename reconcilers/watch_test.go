// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A request is what a prioritizedRecorder was asked for.
type request struct {
	name     string
	after    time.Duration
	priority int
}

// A prioritizedRecorder notes what is enqueued, and how urgent it is.
type prioritizedRecorder struct {
	priorityqueue.PriorityQueue[reconcile.Request]
	requests []request
}

func (r *prioritizedRecorder) AddAfter(one reconcile.Request, after time.Duration) {
	r.requests = append(r.requests, request{one.Name, after, 0})
}

func (r *prioritizedRecorder) AddWithOpts(o priorityqueue.AddOpts, all ...reconcile.Request) {
	for _, one := range all {
		r.requests = append(r.requests, request{one.Name, o.After, ptr.Deref(o.Priority, 0)})
	}
}

// Reports of children wait behind changes of specs and of children.
func TestPriorities(t *testing.T) {
	t.Parallel()
	child := func(version, owner, applied string) *appsv1.Deployment {
		return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{
			Namespace: "ns", Name: "stack-ollama", ResourceVersion: version,
			Labels: map[string]string{v1alpha1.LabelOwner: owner, appliedLabel: applied},
		}}
	}
	update := func(before, after *appsv1.Deployment) func(queue) {
		return func(q queue) {
			onChild().Update(t.Context(), event.UpdateEvent{ObjectOld: before, ObjectNew: after}, q)
		}
	}
	status := []request{{"stack", statusDebounce, handler.LowPriority}}
	for name, tc := range map[string]struct {
		event func(queue)
		want  []request
	}{
		"a child's status": {update(child("1", "stack", "x"), child("2", "stack", "x")), status},
		"a child that is new": {func(q queue) {
			onChild().Create(t.Context(), event.CreateEvent{Object: child("1", "stack", "x")}, q)
		}, status},
		"nothing new":       {update(child("1", "stack", "x"), child("1", "stack", "x")), nil},
		"an applied field":  {update(child("1", "stack", "x"), child("2", "stack", "y")), []request{{"stack", driftDelay, 0}, {"stack", driftDelay, 0}}},
		"another owner":     {update(child("1", "stack", "x"), child("2", "other", "x")), []request{{"stack", driftDelay, 0}, {"other", driftDelay, 0}}},
		"a child of nobody": {update(child("1", "", "x"), child("2", "", "x")), nil},
		"a child that was deleted": {func(q queue) {
			onChild().Delete(t.Context(), event.DeleteEvent{Object: child("1", "stack", "x")}, q)
		}, []request{{"stack", driftDelay, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := &prioritizedRecorder{}
			tc.event(q)
			assert.Equal(t, tc.want, q.requests)
		})
	}
}
