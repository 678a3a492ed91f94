// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// statusDebounce delays reconciling so that one write of the status covers all status changes of
// children in that time. A rollout causes dozens within a second.
const statusDebounce = time.Second

// driftDelay delays the correction of drift. It is too short to notice, and limits how fast the
// operator and another controller overwrite each other's changes.
const driftDelay = 100 * time.Millisecond

type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// byOthers returns a predicate that passes changes of an object's spec, and of its status unless
// the reconciler made them: a status that somebody else overwrote is restored.
func byOthers(t *tracker) predicate.Predicate {
	return onUpdate(func(e event.UpdateEvent) bool {
		return e.ObjectOld.GetGeneration() != e.ObjectNew.GetGeneration() ||
			!equality.Semantic.DeepEqual(statusOf(e.ObjectOld), statusOf(e.ObjectNew)) && !t.isOurWrite(e.ObjectNew)
	})
}

// onUpdate returns a predicate of updates that gets unpacked objects.
func onUpdate(passes func(event.UpdateEvent) bool) predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		e.ObjectOld, e.ObjectNew = unpacked(e.ObjectOld), unpacked(e.ObjectNew)
		return passes(e)
	}}
}

// An eventFunc handles an event with an object before and after it. One of them is nil if the object is new or
// gone.
type eventFunc func(q queue, before, after client.Object)

// onEvent returns an event handler that calls one of the functions with unpacked objects.
func onEvent(created, updated, deleted eventFunc) handler.EventHandler {
	return handler.Funcs{
		CreateFunc: func(_ context.Context, e event.CreateEvent, q queue) { created(q, nil, unpacked(e.Object)) },
		UpdateFunc: func(_ context.Context, e event.UpdateEvent, q queue) {
			updated(q, unpacked(e.ObjectOld), unpacked(e.ObjectNew))
		},
		DeleteFunc: func(_ context.Context, e event.DeleteEvent, q queue) { deleted(q, unpacked(e.Object), nil) },
	}
}

// nothing ignores an event.
func nothing(queue, client.Object, client.Object) {}

// statusOf returns the status of an OllamaDeployment or of its alias.
func statusOf(object client.Object) *v1alpha1.OllamaDeploymentStatus {
	switch object := object.(type) {
	case *v1alpha1.OllamaDeployment:
		return &object.Status
	case *v1alpha1.Deployment:
		return &object.Status
	default:
		return &v1alpha1.OllamaDeploymentStatus{}
	}
}

// onChild reconciles the object in a child's owner label: after driftDelay if the child was deleted
// or an applied field changed, and after statusDebounce if only its status changed.
func onChild() handler.EventHandler {
	return onEvent(
		// The operator has just created it, or is starting and reconciles every object anyway.
		func(q queue, _, after client.Object) { enqueueStatus(q, after) },
		func(q queue, before, after client.Object) {
			if isDrift(before, after) {
				enqueue(q, driftDelay, before, after)
			} else if before.GetResourceVersion() != after.GetResourceVersion() {
				enqueueStatus(q, after)
			}
		},
		func(q queue, before, _ client.Object) { enqueue(q, driftDelay, before) },
	)
}

// isDrift reports whether a field that the operator applies was changed.
func isDrift(before, after client.Object) bool {
	return before.GetLabels()[appliedLabel] != after.GetLabels()[appliedLabel] ||
		before.GetLabels()[v1alpha1.LabelOwner] != after.GetLabels()[v1alpha1.LabelOwner]
}

// onPod reconciles a pod's object when the pod becomes unhealthy or healthy, its failure changes, or it is
// gone, for which a migration may wait. The Deployment reports how many pods are ready.
func onPod() handler.EventHandler {
	return onEvent(onState, onState, func(q queue, before, _ client.Object) { enqueueStatus(q, before) })
}

func onState(q queue, before, after client.Object) {
	if stateIn(before) != stateIn(after) {
		enqueueStatus(q, after)
	}
}

// stateIn returns the pod's state, the zero value if there is no pod.
func stateIn(object client.Object) status.PodState {
	if pod, ok := object.(*corev1.Pod); ok {
		return status.StateOf(pod)
	}
	return status.PodState{}
}

// enqueue requests reconciling the children's objects after the delay.
func enqueue(q queue, after time.Duration, children ...client.Object) {
	for _, child := range children {
		if request, ok := requestFor(child); ok {
			q.AddAfter(request, after)
		}
	}
}

// enqueueStatus requests reconciling the child's object after statusDebounce, behind all requests that are due
// because a spec or a child has changed: while hundreds of objects are created, children come before reports of
// children.
func enqueueStatus(q queue, child client.Object) {
	request, ok := requestFor(child)
	if !ok {
		return
	}
	if prioritized, ok := q.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		prioritized.AddWithOpts(priorityqueue.AddOpts{After: statusDebounce, Priority: new(handler.LowPriority)}, request)
	} else {
		q.AddAfter(request, statusDebounce)
	}
}

// requestFor returns the request for the object in the child's owner label, and whether it has one.
func requestFor(child client.Object) (reconcile.Request, bool) {
	name := child.GetLabels()[v1alpha1.LabelOwner]
	return reconcile.Request{NamespacedName: client.ObjectKey{Namespace: child.GetNamespace(), Name: name}}, name != ""
}
