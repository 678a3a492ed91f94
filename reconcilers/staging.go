// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// setupRestarts limits how many objects have their pods replaced at a time, if the options say so.
func (r *Reconciler) setupRestarts(wake func(client.ObjectKey)) {
	if r.Options.MaxRestarts > 0 {
		r.restarts = &restarts{max: r.Options.MaxRestarts, unfinished: r.unfinished, wake: wake}
		restartQueue.queue.Store(r.restarts)
	}
}

// A queuedError reports a component that stays as it is until it is the object's turn to have its pods replaced.
type queuedError struct{ component v1alpha1.ComponentName }

func (e *queuedError) Error() string { return string(e.component) + " waits for its restart" }

// queuedIn separates the components of queuedErrors from all other errors.
func queuedIn(all []error) (others []error, queued []v1alpha1.ComponentName) {
	for _, one := range all {
		if found, ok := errors.AsType[*queuedError](one); ok {
			queued = append(queued, found.component)
		} else {
			others = append(others, one)
		}
	}
	return others, queued
}

// queueRestart returns a queuedError if applying the component replaces its pods, only because this version of the
// operator renders them differently, and it is not the object's turn. What the user changes never waits.
func (r *Reconciler) queueRestart(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle, state bundleState) error {
	if r.restarts == nil {
		return nil
	}
	if err := r.restarts.begin(ctx); err != nil {
		return err
	}
	if tracked.paused || tracked.reconciled != d.Generation {
		return nil
	}
	replaced, err := b.replacesPods(tracked, d, state)
	if err != nil || !replaced {
		return err
	}
	if !r.restarts.enter(client.ObjectKeyFromObject(d)) {
		return &queuedError{b.component}
	}
	return nil
}

// createMissing creates what is gone of a component that waits for its restart, but for what belongs to its pods.
func (r *Reconciler) createMissing(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, b bundle, state *bundleState) error {
	var errs []error
	for _, object := range b.objects {
		kind, err := kindFor(object.Kind)
		switch {
		case err != nil:
			errs = append(errs, err)
		case kind.mounted || object.Kind == render.KindDeployment || state.children[object.Kind] != nil:
		case r.Options.entranceNotAllowed(d, b.component, object.Kind) != nil:
			errs = append(errs, r.Options.entranceNotAllowed(d, b.component, object.Kind))
		default:
			errs = append(errs, r.apply(ctx, tracked, d, object, state))
		}
	}
	return errors.Join(errs...)
}

// replacesPods reports whether the live Deployment has another pod template than the rendered one, and not because
// of what the pods read of the user's objects. A template that admission has changed is not rendered again.
func (b bundle) replacesPods(tracked *trackedObject, d *v1alpha1.OllamaDeployment, state bundleState) (bool, error) {
	live, _ := state.children[render.KindDeployment].(*appsv1.Deployment)
	if live == nil || deploymentKind.ownership(live, d, nil) != ours || isMigrating(d, b.component, live) {
		return false, nil // a migration that has begun goes on
	}
	if changed, found := tracked.mutated[childKey{render.KindDeployment, b.name}]; found && changed.stored == live.Labels[appliedLabel] {
		return false, nil
	}
	for _, object := range b.objects {
		config, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration)
		if !ok {
			continue
		}
		b.mark(object, state)
		object.Keep(d, liveOf(live))
		encoded, err := render.Fingerprint(config.Spec.Template)
		return encoded != live.Labels[templateLabel] && contentOf(config.Spec.Template) == live.Labels[contentLabel], err
	}
	return false, nil
}

// contentAnnotations are the annotations of pods with hashes of what they read of the user's objects.
var contentAnnotations = []string{trustAnnotation, identityAnnotation, databaseAnnotation, redisAnnotation, secretAnnotation}

// contentOf returns the hashes of what pods of a template read of the user's objects, "" if there are none.
func contentOf(template *applycorev1.PodTemplateSpecApplyConfiguration) string {
	if template == nil || template.ObjectMetaApplyConfiguration == nil {
		return ""
	}
	var hashes []string
	for _, name := range contentAnnotations {
		if hash, found := template.Annotations[name]; found {
			hashes = append(hashes, name+"="+hash)
		}
	}
	return strings.Join(hashes, " ")
}

// isUpToDate reports whether all pods of the Deployments are of the latest template, and available.
func isUpToDate(all map[v1alpha1.ComponentName]*appsv1.Deployment) bool {
	for _, live := range all {
		s := live.Status
		if s.ObservedGeneration < live.Generation || s.UpdatedReplicas < s.Replicas || s.AvailableReplicas < ptr.Deref(live.Spec.Replicas, 1) {
			return false
		}
	}
	return true
}

const (
	// rolloutIndex indexes Deployments in the cache by whether they are rolled out.
	rolloutIndex = "rollout"
	// unfinishedRollout is the value of the index of those that are not. The others have none.
	unfinishedRollout = "unfinished"
)

// indexRollout returns the index function of rolloutIndex.
func indexRollout(object client.Object) []string {
	live, ok := unpacked(object).(*appsv1.Deployment)
	if !ok || isUpToDate(map[v1alpha1.ComponentName]*appsv1.Deployment{"": live}) {
		return nil
	}
	return []string{unfinishedRollout}
}

// unfinished returns the objects whose pods are being replaced, and since when there was no progress. Those that
// make none for longer than restartLimit are left out.
func (r *Reconciler) unfinished(ctx context.Context) (map[client.ObjectKey]time.Time, error) {
	list := &appsv1.DeploymentList{}
	if err := r.Client.List(ctx, list, client.MatchingFields{rolloutIndex: unfinishedRollout}); err != nil {
		return nil, fmt.Errorf("reading the Deployments: %w", err)
	}
	out := map[client.ObjectKey]time.Time{}
	for i := range list.Items {
		live := &list.Items[i]
		since := progressedAt(live, r.Now().Time)
		if r.Now().Sub(since) >= restartLimit {
			continue
		}
		key, d := client.ObjectKey{Namespace: live.Namespace, Name: live.Labels[v1alpha1.LabelOwner]}, &v1alpha1.OllamaDeployment{}
		if err := r.Client.Get(ctx, key, d); client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("reading the object of a Deployment: %w", err)
		} else if err == nil && deploymentKind.ownership(live, d, nil) == ours {
			out[key] = since
		}
	}
	return out, nil
}

// progressedAt returns when the rollout of a Deployment last made progress: now if its controller has not observed
// it yet.
func progressedAt(live *appsv1.Deployment, now time.Time) time.Time {
	at := slices.IndexFunc(live.Status.Conditions, func(c appsv1.DeploymentCondition) bool { return c.Type == appsv1.DeploymentProgressing })
	if at < 0 || live.Status.ObservedGeneration < live.Generation {
		return now
	}
	return live.Status.Conditions[at].LastUpdateTime.Time
}
