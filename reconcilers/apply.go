// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// applyChildren applies the rendered children, deletes all others, and reports whether
// anything was changed. It goes on after an error, so that one
// component does not hold up the rest.
func (r *Reconciler) applyChildren(ctx context.Context, m *recollection, d *v1alpha1.OllamaDeployment) (changed bool, err error) {
	all, err := bundles(d)
	if err != nil {
		return false, err
	}
	var errs []error
	note := func(did bool, err error) {
		changed = changed || did
		errs = append(errs, err)
	}
	wanted := map[childKey]bool{}
	for _, b := range all {
		for _, object := range b.objects {
			wanted[childKey{object.Kind, object.Name}] = true
		}
		note(r.applyComponent(ctx, m, d, b))
	}
	note(r.prune(ctx, m, d, wanted))
	m.tidy()
	return changed, errors.Join(errs...)
}

// A childKey tells the children of one object apart.
type childKey struct {
	kind schema.GroupVersionKind
	name string
}

func (k childKey) String() string { return fmt.Sprintf("%s %q", k.kind.Kind, k.name) }

// apply returns the one funnel through which children are written. A child that is
// already as rendered costs no write, and one that is not ours is not touched. The
// state has the child as it is afterwards.
func (r *Reconciler) apply(ctx context.Context, m *recollection, d *v1alpha1.OllamaDeployment, object render.Object, state *bundleState) (changed bool, err error) {
	kind, key := kindFor(object.Kind), childKey{object.Kind, object.Name}
	live := state.children[object.Kind]
	if live != nil {
		if err := ownershipError(kind.ownership(live, d, state.known), kind.gvk.Kind, object.Name); err != nil {
			return false, err
		}
		preserve(object, live, state.autoscaled)
	}
	data, err := json.Marshal(object.Config)
	if err != nil {
		return false, fmt.Errorf("encoding %s: %w", key, err)
	}
	wanted := fingerprint(data)
	if live != nil && m.isApplied(key, live, wanted) {
		return false, nil
	}
	var after client.Object
	err = m.request(ctx, r.Now().Time, "applying", key, wanted+liveState(live), func() (err error) {
		after, err = r.write(ctx, kind, client.ObjectKey{Namespace: d.Namespace, Name: object.Name}, live, data)
		return err
	})
	if err != nil {
		return false, err
	}
	state.children[object.Kind] = after
	m.noteApplied(key, after, wanted)
	changed = live == nil || live.GetResourceVersion() != after.GetResourceVersion()
	if changed {
		ctrl.LoggerFrom(ctx).Info("applied", "child", key.String(), "created", live == nil)
	}
	return changed, nil
}

// liveState tells the states of a child apart in which a request may be answered
// differently.
func liveState(live client.Object) string {
	if live == nil {
		return ""
	}
	return fmt.Sprint(" ", live.GetUID(), " ", live.GetGeneration(), " ", live.GetLabels()[appliedLabel])
}

// write applies a configuration and returns the child as it is then, trimmed. It is
// applied to the live child or, where there is none, to none: what somebody else made
// in its place meanwhile is left alone.
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

// noVersion is a resource version that no object has, because that of the first is
// higher. Whoever applies it makes a new object, or has a conflict with the one that
// exists.
const noVersion = "1"

// conditional makes the API server refuse a configuration that meets another child
// than the live one; nil means that there is to be none.
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

// replace puts the rendered lists in the place of the live ones. Applying alone merges
// lists by key, so that an entry whose key somebody edited stays beside ours: two
// ports of one name, say, which no Service can have.
func (r *Reconciler) replace(ctx context.Context, live client.Object, data []byte) error {
	child, ok := live.DeepCopyObject().(client.Object)
	if !ok {
		return fmt.Errorf("%T is no object", live)
	}
	return r.Client.Patch(ctx, child, client.RawPatch(types.MergePatchType, data), client.FieldOwner(v1alpha1.ManagedBy))
}

// read returns the live child, trimmed, nil if there is none. The cache holds labelled
// objects only; whether one of the name exists that is not ours, the API server
// knows.
func (r *Reconciler) read(ctx context.Context, kind childKind, key client.ObjectKey) (client.Object, error) {
	live := kind.object()
	err := r.Client.Get(ctx, key, live)
	if err == nil {
		return live, nil
	}
	if apierrors.IsNotFound(err) {
		if err = r.APIReader.Get(ctx, key, live); err == nil {
			return kind.trim(live)
		}
	}
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return nil, &requestError{fmt.Sprintf("reading %s %q", kind.gvk.Kind, key.Name), err}
}

// prune deletes our children that are no longer rendered: a component or an
// ingress that was turned off.
func (r *Reconciler) prune(ctx context.Context, m *recollection, d *v1alpha1.OllamaDeployment, wanted map[childKey]bool) (changed bool, err error) {
	var errs []error
	for _, component := range v1alpha1.ComponentNames() {
		name := v1alpha1.ChildName(d.Name, component)
		for _, kind := range childKinds {
			if kind.kept || wanted[childKey{kind.gvk, name}] {
				continue
			}
			did, err := r.remove(ctx, m, d, kind, name)
			changed = changed || did
			errs = append(errs, err)
		}
	}
	return changed, errors.Join(errs...)
}

// remove deletes a child if there is one of ours.
func (r *Reconciler) remove(ctx context.Context, m *recollection, d *v1alpha1.OllamaDeployment, kind childKind, name string) (bool, error) {
	live, key := kind.object(), childKey{kind.gvk, name}
	err := r.Client.Get(ctx, client.ObjectKey{Namespace: d.Namespace, Name: name}, live)
	switch {
	case apierrors.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, &requestError{"reading " + key.String(), err}
	case !live.GetDeletionTimestamp().IsZero(), kind.ownership(live, d, nil) != ours:
		return false, nil
	}
	err = m.request(ctx, r.Now().Time, "removing", key, liveState(live), func() error {
		return client.IgnoreNotFound(r.Client.Delete(ctx, live, client.PropagationPolicy("Background"),
			client.Preconditions{UID: new(live.GetUID())}))
	})
	if err == nil {
		ctrl.LoggerFrom(ctx).Info("removed", "child", key.String())
	}
	return err == nil, err
}
