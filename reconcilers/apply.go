// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// applyChildren applies the rendered children and deletes all others. It returns the Deployments as
// the API server returned them, or as they were read if nothing had to be written. It continues
// after errors, so that one component does not block the others.
func (r *Reconciler) applyChildren(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment) (deployments, error) {
	defer prometheus.NewTimer(applyDuration).ObserveDuration()
	all, err := bundles(d, render.Options{OperatorNamespace: r.Options.OperatorNamespace})
	if err != nil {
		return nil, err
	}
	r.dropAbsent(all)
	errs := []error{r.readReferences(ctx, tracked, d, all)}
	applied, wanted := deployments{}, map[childKey]bool{}
	for _, b := range all {
		for _, object := range b.objects {
			key := childKey{object.Kind, object.Name}
			wanted[key] = true
			tracked.visit(key) // what is known of it remains, also if the component cannot be applied now
		}
		deployment, err := r.applyComponent(ctx, tracked, d, b)
		if deployment != nil {
			applied[b.component] = deployment
		}
		if is[*queuedError](err) {
			keep(wanted, b.name)
		}
		errs = append(errs, err)
	}
	errs = append(errs, r.prune(ctx, tracked, d, wanted), r.ownClaims(ctx, tracked, d))
	tracked.tidy()
	return applied, errors.Join(errs...)
}

// keep adds the children of a component that waits for its restart: they stay as they are.
func keep(wanted map[childKey]bool, name string) {
	for _, kind := range childKinds {
		wanted[childKey{kind.gvk, name}] = true
	}
}

// dropAbsent removes from the bundles what is of a kind that the cluster does not have.
func (r *Reconciler) dropAbsent(all []bundle) {
	for i := range all {
		all[i].objects = slices.DeleteFunc(all[i].objects, func(object render.Object) bool {
			kind, err := kindFor(object.Kind)
			return err == nil && r.cacheOf(kind) == nil
		})
	}
}

// deployments holds the trimmed Deployments of components.
type deployments map[v1alpha1.ComponentName]*appsv1.Deployment

// A childKey identifies a child of one object.
type childKey struct {
	kind schema.GroupVersionKind
	name string
}

func (k childKey) String() string { return fmt.Sprintf("%s %q", k.kind.Kind, k.name) }

// apply applies a rendered child and updates the state with the result; no other function applies
// children. It writes nothing if the child already matches, and never touches a child that is not
// ours.
func (r *Reconciler) apply(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, object render.Object, state *bundleState) error {
	key := childKey{object.Kind, object.Name}
	kind, err := kindFor(object.Kind)
	if err != nil {
		return err
	}
	live := state.children[object.Kind]
	if live != nil {
		if err := ownershipError(kind.ownership(live, d, state.known), kind.gvk.Kind, object.Name); err != nil {
			return err
		}
		object.Keep(d, liveOf(live))
	}
	if config, ok := object.Config.(*applyappsv1.DeploymentApplyConfiguration); ok {
		deployment, _ := live.(*appsv1.Deployment)
		if err := tracked.stage(key, config, deployment, state); err != nil {
			return err
		}
	}
	data, err := json.Marshal(object.Config)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", key, err)
	}
	wanted := render.FingerprintOf(data)
	if live != nil && tracked.isApplied(key, live, wanted) {
		return nil
	}
	var after client.Object
	err = tracked.request(ctx, r.Now().Time, "applying", key, wanted+liveState(live), func() (err error) {
		after, err = r.write(ctx, kind, client.ObjectKey{Namespace: d.Namespace, Name: object.Name}, live, data)
		return err
	})
	if err != nil {
		return err
	}
	state.children[object.Kind] = after
	tracked.noteApplied(key, after, wanted)
	if live == nil || live.GetResourceVersion() != after.GetResourceVersion() {
		ctrl.LoggerFrom(ctx).Info("applied", "child", key.String(), "created", live == nil)
	}
	return nil
}

// liveState returns a key of the child's state. The API server may answer a request differently
// once it changes.
func liveState(live client.Object) string {
	if live == nil {
		return ""
	}
	return fmt.Sprint(" ", live.GetUID(), " ", live.GetGeneration(), " ", live.GetLabels()[appliedLabel])
}

// write applies a configuration and returns the resulting child, trimmed. The request fails if the
// child was replaced since it was read, or created by somebody else if there was none.
func (r *Reconciler) write(ctx context.Context, kind childKind, key client.ObjectKey, live client.Object, data []byte) (client.Object, error) {
	data, err := conditional(data, live)
	if err != nil {
		return nil, err
	}
	options := []client.PatchOption{client.FieldOwner(v1alpha1.ManagedBy)}
	if live != nil {
		options = append(options, client.ForceOwnership)
	}
	apply := func() (client.Object, error) {
		child := kind.object()
		child.SetNamespace(key.Namespace)
		child.SetName(key.Name)
		if err := r.Client.Patch(ctx, child, client.RawPatch(types.ApplyPatchType, data), options...); err != nil {
			return nil, err
		}
		return kind.trim(child)
	}
	after, err := apply()
	if apierrors.IsInvalid(err) && !isUIDMismatch(err) && live != nil {
		if err := r.replace(ctx, live, data); err != nil {
			return nil, err
		}
		return apply()
	}
	return after, err
}

// noVersion is lower than the resource version of any object. Applying with it creates the object,
// or fails with a conflict if one exists.
const noVersion = "1"

// conditional adds a precondition to the configuration: the UID of the live child, or, if live is
// nil, that no child exists.
func conditional(data []byte, live client.Object) ([]byte, error) {
	config := map[string]any{}
	if err := json.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf("decoding a child: %w", err)
	}
	metadata, ok := config["metadata"].(map[string]any)
	if !ok {
		return nil, errors.New("decoding a child: it has no metadata")
	}
	if live != nil {
		metadata["uid"] = live.GetUID()
	} else {
		metadata["resourceVersion"] = noVersion
	}
	return json.Marshal(config)
}

// replace replaces the live lists with the rendered ones. Applying merges lists by key, so an entry
// whose key somebody edited would stay next to ours: two ports with the same name, for example,
// which the API server rejects in a Service.
func (r *Reconciler) replace(ctx context.Context, live client.Object, data []byte) error {
	child, ok := live.DeepCopyObject().(client.Object)
	if !ok {
		return fmt.Errorf("%T is no object", live)
	}
	return r.Client.Patch(ctx, child, client.RawPatch(types.MergePatchType, data), client.FieldOwner(v1alpha1.ManagedBy))
}

// read returns the live child, trimmed, or nil if there is none. It falls back to the API server on
// a cache miss: the cache holds only labeled objects and may lag behind the last write.
func (r *Reconciler) read(ctx context.Context, tracked *trackedObject, kind childKind, key client.ObjectKey) (client.Object, error) {
	cached, err := r.readCache(ctx, tracked, kind, key)
	if cached != nil || err != nil {
		return cached, err
	}
	live := kind.object()
	switch err := r.APIReader.Get(ctx, key, live); {
	case err == nil:
		return kind.trim(live)
	case apierrors.IsNotFound(err):
		return nil, nil
	default:
		return nil, readError(kind, key, err)
	}
}

// readCache returns the child from the cache, trimmed, or nil if it is missing or older than the
// last write.
func (r *Reconciler) readCache(ctx context.Context, tracked *trackedObject, kind childKind, key client.ObjectKey) (client.Object, error) {
	from := r.cacheOf(kind)
	if from == nil {
		return nil, nil
	}
	cached := kind.object()
	switch err := from.Get(ctx, key, cached); {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, readError(kind, key, err)
	case tracked.isOutdated(childKey{kind.gvk, key.Name}, cached):
		return nil, nil
	default:
		return cached, nil
	}
}

// cacheOf returns the cache of the children of the kind, nil if the cluster does not have the kind.
func (r *Reconciler) cacheOf(kind childKind) client.Reader {
	switch {
	case !kind.optional:
		return r.Client
	case r.Routes == nil:
		return nil
	default:
		return r.Routes.Reader()
	}
}

func readError(kind childKind, key client.ObjectKey, err error) error {
	return &requestError{fmt.Sprintf("reading %s %q", kind.gvk.Kind, key.Name), err}
}
