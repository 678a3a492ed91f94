// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// AliasReconciler maintains an OllamaDeployment for each Deployment of llm.geeper.io, the
// deprecated name of the kind, and mirrors its status there.
type AliasReconciler struct {
	// Client reads from the cache and writes.
	Client client.Client
	// Now is the clock of the conditions.
	Now func() metav1.Time
	// Debt returns what admission tolerates in a stored alias; nil means that it is not known.
	Debt func(*v1alpha1.OllamaDeployment) status.Debt

	tracker tracker
}

// Reconcile applies the alias's spec to its OllamaDeployment and mirrors the OllamaDeployment's
// status. It does nothing for an alias that is being deleted: the garbage collector deletes what it
// owns.
func (r *AliasReconciler) Reconcile(ctx context.Context, alias *v1alpha1.Deployment) (ctrl.Result, error) {
	if !alias.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	tracked, now := r.tracker.of(alias), r.Now()
	r.tracker.expire(tracked, now.Time)
	owned, err := r.apply(ctx, tracked, alias)
	tracked.tidy()
	f := tracked.judge(err, now.Time)
	if f.problem == nil && f.failed != nil {
		return f.result()
	}
	status := r.withDebt(tracked, alias, mirrored(alias, owned, f.problem, now), now)
	if tracked.isBehind(alias) {
		f.retry = sooner(f.retry, statusDebounce)
		return f.result()
	}
	if equality.Semantic.DeepEqual(alias.Status, status) {
		return f.result()
	}
	if err := writeStatus(ctx, r.Client, &r.tracker, alias, status, now.Time); err != nil {
		return afterStatusError(f, err)
	}
	return f.result()
}

// apply applies the alias's spec to its OllamaDeployment and returns the result, or nil if none
// exists or the alias does not control it.
func (r *AliasReconciler) apply(ctx context.Context, tracked *trackedObject, alias *v1alpha1.Deployment) (*v1alpha1.OllamaDeployment, error) {
	owned, err := r.read(ctx, tracked, alias)
	if err != nil {
		return nil, err
	}
	isDefaulted := func() bool { return alias.AsOllamaDeployment().Defaulted() }
	reconciled := owned != nil && isReconciled(alias.Status, alias.Generation)
	if err := tracked.admit(ctx, r.Client, r.Now().Time, alias, reconciled, isDefaulted); err != nil {
		return owned, err
	}
	spec := alias.Spec.DeepCopy()
	spec.DropDeprecatedFields()
	if owned == nil {
		return r.create(ctx, tracked, alias, *spec)
	}
	// An autoscaler of the OllamaDeployment sets its replicas, as one of the alias sets
	// the alias's.
	autoscaled, err := isAutoscaled(ctx, r.Client, owned.Namespace, ollamaDeployment, owned.Name)
	if err != nil {
		return owned, err
	}
	if autoscaled {
		spec.Ollama.Replicas = owned.Spec.Ollama.Replicas
	}
	if !owned.DeletionTimestamp.IsZero() || hasSpec(owned, *spec) {
		return owned, nil
	}
	return r.change(ctx, tracked, owned, *spec)
}

// errOutdated reports that the cache has not caught up with the reconciler's last write. It is
// treated like a conflict, detected before the request.
var errOutdated = apierrors.NewConflict(schema.GroupResource{Group: v1alpha1.GroupVersion.Group, Resource: "ollamadeployments"}, "", errors.New("the cache is outdated"))

// read returns the alias's OllamaDeployment, or nil if there is none. It returns an error if the
// alias does not control it, or if the cache has not caught up with the last write.
func (r *AliasReconciler) read(ctx context.Context, tracked *trackedObject, alias *v1alpha1.Deployment) (*v1alpha1.OllamaDeployment, error) {
	owned := &v1alpha1.OllamaDeployment{}
	err := r.Client.Get(ctx, client.ObjectKeyFromObject(alias), owned)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, &requestError{fmt.Sprintf("reading OllamaDeployment %q", alias.Name), err}
	case !metav1.IsControlledBy(owned, alias):
		return nil, aliasOwnershipError(alias, owned)
	case tracked.isOutdated(ollamaDeploymentKey(owned.Name), owned):
		return nil, errOutdated
	default:
		return owned, nil
	}
}

// hasSpec reports whether the object has the spec, or the spec as admission defaults it: a default
// may have been added since the alias was stored.
func hasSpec(owned *v1alpha1.OllamaDeployment, spec v1alpha1.OllamaDeploymentSpec) bool {
	if equality.Semantic.DeepEqual(owned.Spec, spec) {
		return true
	}
	admitted := &v1alpha1.OllamaDeployment{ObjectMeta: owned.ObjectMeta, Spec: *spec.DeepCopy()}
	admitted.Default()
	return equality.Semantic.DeepEqual(owned.Spec, admitted.Spec)
}

// ollamaDeploymentKey returns the OllamaDeployment's key in the tracker.
func ollamaDeploymentKey(name string) childKey {
	return childKey{v1alpha1.GroupVersion.WithKind(v1alpha1.Kind), name}
}

// change patches the OllamaDeployment's spec and returns the result.
func (r *AliasReconciler) change(ctx context.Context, tracked *trackedObject, owned *v1alpha1.OllamaDeployment, spec v1alpha1.OllamaDeploymentSpec) (*v1alpha1.OllamaDeployment, error) {
	key, after := ollamaDeploymentKey(owned.Name), owned.DeepCopy()
	after.Spec = spec
	err := tracked.request(ctx, r.Now().Time, "changing", key, fmt.Sprint(owned.UID, " ", owned.Generation), func() error {
		return r.Client.Patch(ctx, after, client.MergeFromWithOptions(owned, client.MergeFromWithOptimisticLock{}), client.FieldOwner(v1alpha1.ManagedBy))
	})
	if err != nil {
		return owned, err
	}
	tracked.noteWritten(key, after)
	ctrl.LoggerFrom(ctx).Info("changed the OllamaDeployment")
	return after, nil
}

// create creates the OllamaDeployment, and returns it.
func (r *AliasReconciler) create(ctx context.Context, tracked *trackedObject, alias *v1alpha1.Deployment, spec v1alpha1.OllamaDeploymentSpec) (*v1alpha1.OllamaDeployment, error) {
	d := &v1alpha1.OllamaDeployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: alias.Namespace, Name: alias.Name},
		Spec:       spec,
	}
	if err := controllerutil.SetControllerReference(alias, d, r.Client.Scheme()); err != nil {
		return nil, fmt.Errorf("making the alias the owner: %w", err)
	}
	key := ollamaDeploymentKey(d.Name)
	err := tracked.request(ctx, r.Now().Time, "creating", key, "", func() error {
		return r.Client.Create(ctx, d, client.FieldOwner(v1alpha1.ManagedBy))
	})
	if err != nil {
		return nil, err
	}
	tracked.noteWritten(key, d)
	ctrl.LoggerFrom(ctx).Info("created the OllamaDeployment")
	return d, nil
}

// aliasOwnershipError returns why an OllamaDeployment that has the alias's name, but is not
// controlled by it, is left unchanged.
func aliasOwnershipError(alias *v1alpha1.Deployment, d *v1alpha1.OllamaDeployment) error {
	controller := metav1.GetControllerOf(d)
	if controller != nil && controller.Kind == v1alpha1.KindAlias &&
		controller.APIVersion == v1alpha1.GroupVersion.String() && controller.Name == alias.Name {
		return &predecessorError{v1alpha1.Kind, d.Name}
	}
	return &conflictError{v1alpha1.Kind, d.Name, v1alpha1.KindAlias}
}

// mirrored returns the alias's status: the OllamaDeployment's status and the problem, if any. It
// observes the alias's generation once the OllamaDeployment has observed its own. Without an
// OllamaDeployment there are no pods to report.
func mirrored(alias *v1alpha1.Deployment, owned *v1alpha1.OllamaDeployment, problem error, now metav1.Time) v1alpha1.OllamaDeploymentStatus {
	if owned == nil {
		return status.Compute(alias.AsOllamaDeployment(), status.Observed{}, statusProblem(problem), now)
	}
	mirror := *owned.Status.DeepCopy()
	generation := alias.Status.ObservedGeneration
	if problem != nil || owned.Status.ObservedGeneration == owned.Generation {
		generation = alias.Generation
	}
	if problem != nil {
		for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionProgressing} {
			is := statusProblem(problem).Condition(kind)
			is.LastTransitionTime = now
			if was := meta.FindStatusCondition(alias.Status.Conditions, kind); was != nil && was.Status == is.Status {
				is.LastTransitionTime = was.LastTransitionTime
			}
			meta.RemoveStatusCondition(&mirror.Conditions, kind)
			mirror.Conditions = append(mirror.Conditions, is)
		}
		mirror.Phase = status.Phase(mirror)
	}
	mirror.ObservedGeneration = generation
	for i := range mirror.Conditions {
		mirror.Conditions[i].ObservedGeneration = generation
	}
	return mirror
}
