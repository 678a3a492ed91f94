// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// prune deletes our children that are no longer rendered, because a component or an ingress was
// disabled, or a route removed. The Deployment stays as long as a child that its pods mount cannot be deleted: if they
// were orphaned, it has the record of whose that is.
func (r *Reconciler) prune(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, wanted map[childKey]bool) error {
	var errs []error
	for _, component := range v1alpha1.ComponentNames() {
		name := v1alpha1.ChildName(d.Name, component)
		known, err := r.recorded(ctx, tracked, d, name)
		if len(known) > 0 && !wanted[childKey{render.KindDeployment, name}] {
			err = r.keepSecret(ctx, tracked, d, name, known)
		}
		errs = append(errs, err)
		isNeeded := err != nil
		for _, kind := range childKinds {
			if kind.retained || wanted[childKey{kind.gvk, name}] || isNeeded && kind.gvk == render.KindDeployment {
				continue
			}
			err := r.remove(ctx, tracked, d, kind, name, known)
			isNeeded = isNeeded || kind.mounted && err != nil
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// recorded returns the UIDs that are on record for the pods of the component's Deployment, if it is ours.
func (r *Reconciler) recorded(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, name string) (mountedUIDs, error) {
	live, err := r.readCache(ctx, tracked, deploymentKind, client.ObjectKey{Namespace: d.Namespace, Name: name})
	if live == nil || err != nil || deploymentKind.ownership(live, d, nil) != ours {
		return nil, err
	}
	return recordedUIDs(live), nil
}

// keepSecret makes the object own the orphaned Secret that is on record for the pods of a Deployment that is no longer
// wanted, as it owns that of a component that was disabled: when the component is used again, there is no record of whose
// it is.
func (r *Reconciler) keepSecret(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, name string, known mountedUIDs) error {
	secret, err := r.readSecret(ctx, client.ObjectKey{Namespace: d.Namespace, Name: name})
	if secret == nil || err != nil || len(secret.OwnerReferences) > 0 || secretOwnership(secret, d, nil, nil, known) != ours {
		return err
	}
	key := childKey{corev1.SchemeGroupVersion.WithKind(kindOfSecret), name}
	return r.ownSecret(ctx, tracked, key, secret, secretOwners(nil, d, nil, false))
}

// remove deletes a child if it exists and is ours.
func (r *Reconciler) remove(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, kind childKind, name string, known mountedUIDs) error {
	key := childKey{kind.gvk, name}
	live, err := r.readCache(ctx, tracked, kind, client.ObjectKey{Namespace: d.Namespace, Name: name})
	if live == nil || err != nil {
		return err
	}
	if !live.GetDeletionTimestamp().IsZero() || kind.ownership(live, d, known) != ours {
		return nil
	}
	err = tracked.request(ctx, r.Now().Time, removing, key, liveState(live), func() error {
		return client.IgnoreNotFound(r.Client.Delete(ctx, live, client.PropagationPolicy("Background"),
			client.Preconditions{UID: new(live.GetUID())}))
	})
	if err == nil {
		tracked.noteRemoved(key, live)
		ctrl.LoggerFrom(ctx).Info("removed", "child", key.String())
	}
	return err
}
