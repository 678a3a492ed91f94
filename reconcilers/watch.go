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
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// statusDebounce is how long status changes of children are collected before one status is
// written for all of them. A rollout causes dozens within a second.
const statusDebounce = time.Second

// driftDelay is the time until drift is corrected. It is too short to notice, and limits the rate
// at which the operator and another controller overwrite each other's changes.
const driftDelay = 100 * time.Millisecond

type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// byOthers lets through changes of an object's spec, and of its status unless they
// are the reconciler's own: a status that somebody overwrote is put right.
func byOthers(t *tracker) predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		return e.ObjectOld.GetGeneration() != e.ObjectNew.GetGeneration() ||
			!equality.Semantic.DeepEqual(statusOf(e.ObjectOld), statusOf(e.ObjectNew)) && !t.isOurWrite(e.ObjectNew)
	}}
}

// statusOf returns the status of an OllamaDeployment or of its alias.
func statusOf(object client.Object) v1alpha1.OllamaDeploymentStatus {
	switch object := object.(type) {
	case *v1alpha1.OllamaDeployment:
		return object.Status
	case *v1alpha1.Deployment:
		return object.Status
	default:
		return v1alpha1.OllamaDeploymentStatus{}
	}
}

// onChild reconciles the object of a child: soon when the child is gone or not what
// was applied any more, and a little later when only its status is news. The
// object is found by the child's label.
func onChild() handler.EventHandler {
	return handler.Funcs{
		// The operator has just made it itself, or is starting and looks at every
		// object anyway.
		CreateFunc: func(_ context.Context, e event.CreateEvent, q queue) { enqueue(q, statusDebounce, e.Object) },
		UpdateFunc: func(_ context.Context, e event.UpdateEvent, q queue) {
			if isDrift(e.ObjectOld, e.ObjectNew) {
				enqueue(q, driftDelay, e.ObjectOld, e.ObjectNew)
			} else if e.ObjectOld.GetResourceVersion() != e.ObjectNew.GetResourceVersion() {
				enqueue(q, statusDebounce, e.ObjectNew)
			}
		},
		DeleteFunc: func(_ context.Context, e event.DeleteEvent, q queue) { enqueue(q, driftDelay, e.Object) },
	}
}

// isDrift reports whether a field that the operator applies was changed.
func isDrift(before, after client.Object) bool {
	return before.GetLabels()[appliedLabel] != after.GetLabels()[appliedLabel] ||
		before.GetLabels()[v1alpha1.LabelOwner] != after.GetLabels()[v1alpha1.LabelOwner]
}

// onPod reconciles the object of a pod that became unwell, well or unwell of something
// else. How many pods are ready its Deployment tells.
func onPod() handler.EventHandler {
	return handler.Funcs{
		CreateFunc: func(_ context.Context, e event.CreateEvent, q queue) { onState(q, nil, e.Object) },
		UpdateFunc: func(_ context.Context, e event.UpdateEvent, q queue) { onState(q, e.ObjectOld, e.ObjectNew) },
		DeleteFunc: func(_ context.Context, e event.DeleteEvent, q queue) { onState(q, e.Object, nil) },
	}
}

func onState(q queue, before, after client.Object) {
	if stateIn(before) == stateIn(after) {
		return
	}
	for _, pod := range []client.Object{before, after} {
		if pod != nil {
			enqueue(q, statusDebounce, pod)
			return
		}
	}
}

// stateIn returns the pod's state, the zero value if there is no pod.
func stateIn(object client.Object) status.PodState {
	if pod, ok := object.(*corev1.Pod); ok {
		return status.StateOf(pod)
	}
	return status.PodState{}
}

// enqueue asks for the objects of children to be reconciled after a while.
func enqueue(q queue, after time.Duration, children ...client.Object) {
	for _, child := range children {
		if name := child.GetLabels()[v1alpha1.LabelOwner]; name != "" {
			q.AddAfter(reconcile.Request{NamespacedName: client.ObjectKey{Namespace: child.GetNamespace(), Name: name}}, after)
		}
	}
}
