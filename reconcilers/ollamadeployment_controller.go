// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// Reconciler applies the children of OllamaDeployments and reports their status.
type Reconciler struct {
	// Client reads from the cache and writes.
	Client client.Client
	// APIReader reads what the cache does not hold.
	APIReader client.Reader
	// Recorder records events when conditions change.
	Recorder events.EventRecorder
	// Now is the clock of the conditions.
	Now func() metav1.Time

	// Models knows the models of the pods; nil means that nothing is known of any.
	Models ModelObserver

	// Routes reads HTTPRoutes; nil means that the cluster does not have them.
	Routes RouteReader

	// Options are the settings of the operator.
	Options Options

	// owners caches the UIDs of the Deployments that control ReplicaSets, by ownerKey.
	owners  *lru.Cache
	tracker tracker
	// restarts is nil if the number of restarts is not limited.
	restarts *restarts
}

// A ModelObserver knows which models pods have.
type ModelObserver interface {
	// Observed returns what is known of the object's pods, nil if nothing is.
	Observed(*v1alpha1.OllamaDeployment) *status.ObservedModels
}

// Reconcile applies the spec to the cluster and reports the cluster's state in the status. It does
// nothing for an object that is being deleted: its children have owner references, and claims without
// are retained.
func (r *Reconciler) Reconcile(ctx context.Context, d *v1alpha1.OllamaDeployment) (ctrl.Result, error) {
	if !d.DeletionTimestamp.IsZero() {
		r.restarts.forget(client.ObjectKeyFromObject(d))
		return ctrl.Result{}, nil
	}
	tracked, now := r.tracker.of(d), r.Now()
	r.tracker.expire(tracked, now.Time)
	applied, err := r.admitAndApply(ctx, tracked, d)
	f := tracked.judge(err, now.Time)
	switch {
	case f.ending:
		return f.result() // the object is about to be deleted as well
	case f.problem == nil && f.failed != nil && d.Status.ObservedGeneration != d.Generation:
		// The children are not yet those of this generation.
		return f.result()
	}
	seen, err := r.observe(ctx, tracked, d, applied)
	if err != nil {
		return ctrl.Result{}, &briefError{errors.Join(f.failed, err)}
	}
	if f.failed == nil {
		r.restarts.settle(client.ObjectKeyFromObject(d), len(f.queued) > 0, isUpToDate(seen.Deployments) && !seen.isMigrating())
	}
	seen.Queued, seen.Debt = f.queued, r.debtOf(tracked, d)
	after := status.Compute(d, seen.Observed, statusProblem(f.problem), now)
	f.retry = sooner(f.retry, seen.nextLook(now.Time))
	if hasReferences(d) {
		f.retry = sooner(f.retry, referencesInterval)
	}
	return r.report(ctx, tracked, d, after, f)
}

// admitAndApply has the object admitted if it lacks defaults, and applies its children. What admission adds is no
// change of the user's.
func (r *Reconciler) admitAndApply(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment) (deployments, error) {
	reconciled := isReconciled(d.Status, d.Generation)
	wasReconciled := reconciled || tracked.reconciled == d.Generation
	if wasReconciled {
		tracked.reconciled = d.Generation // also if admission fails, which the status then reports instead
	}
	admitted := prometheus.NewTimer(admitDuration)
	err := tracked.admit(ctx, r.Client, r.Now().Time, d, reconciled, d.Defaulted)
	admitted.ObserveDuration()
	if err != nil {
		return nil, err
	}
	if wasReconciled {
		tracked.reconciled = d.Generation
	}
	tracked.paused = d.Spec.IsPaused()
	return r.applyChildren(ctx, tracked, d)
}

// forget drops what is known of a deleted object.
func (r *Reconciler) forget(key client.ObjectKey) {
	r.tracker.forget(key)
	r.restarts.forget(key)
	forgetDebt(key)
}

// report writes the status if it has changed, and records events for the conditions that have. It waits
// while the cache is behind the last write of the status: a write would be a conflict.
func (r *Reconciler) report(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, after v1alpha1.OllamaDeploymentStatus, f finding) (ctrl.Result, error) {
	defer prometheus.NewTimer(reportDuration).ObserveDuration()
	if tracked.isBehind(d) {
		f.retry = sooner(f.retry, statusDebounce)
		return f.result()
	}
	if equality.Semantic.DeepEqual(d.Status, after) {
		return f.result()
	}
	now := r.Now().Time
	if wait := tracked.untilProgress(d.Status, after, now); wait > 0 {
		f.retry = sooner(f.retry, wait)
		return f.result()
	}
	before := *d.Status.DeepCopy()
	if err := writeStatus(ctx, r.Client, &r.tracker, d, after, now); err != nil {
		return afterStatusError(f, err)
	}
	for _, e := range status.Events(d, before, after) {
		r.Recorder.Eventf(d, nil, e.Type, e.Reason, e.Action(), "%s", status.Clean(e.Message, maxNote))
	}
	return f.result()
}

// writeStatus writes the object's status. It fails with a conflict if the object has changed since
// it was read, because the status was computed from the earlier one.
func writeStatus(ctx context.Context, c client.Client, t *tracker, object client.Object, status v1alpha1.OllamaDeploymentStatus, now time.Time) error {
	before, ok := object.DeepCopyObject().(client.Object)
	if !ok {
		return fmt.Errorf("%T is no object", object)
	}
	*statusOf(object) = status
	err := c.Status().Patch(ctx, object, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}), client.FieldOwner(v1alpha1.ManagedBy))
	if err != nil {
		return &requestError{"writing the status", err}
	}
	t.noteWrite(object, now)
	ctrl.LoggerFrom(ctx).V(1).Info("wrote the status", "phase", status.Phase, "ready", status.Ready, "observedGeneration", status.ObservedGeneration)
	return nil
}

// afterStatusError returns when to retry after writing the status failed. A conflict is not
// reported: the change that caused it is reconciled next.
func afterStatusError(f finding, err error) (ctrl.Result, error) {
	switch {
	case apierrors.IsNotFound(err):
		return ctrl.Result{}, nil
	case apierrors.IsConflict(err) && f.failed == nil:
		return ctrl.Result{RequeueAfter: driftDelay}, nil
	}
	f.failed = errors.Join(f.failed, err)
	return f.result()
}
