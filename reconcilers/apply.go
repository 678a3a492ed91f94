package reconcilers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/render"
)

// materialise makes the cluster have the rendered children and no others, and
// tells whether it had to change anything. It goes on after an error, so that one
// child does not hold up the rest.
func (r *Reconciler) materialise(ctx context.Context, d *v1alpha1.OllamaDeployment) (changed bool, err error) {
	var errs []error
	note := func(did bool, err error) {
		changed = changed || did
		errs = append(errs, err)
	}
	for _, secret := range render.Secrets(d) {
		note(r.ensureSecret(ctx, d, secret))
	}
	wanted := map[childKey]bool{}
	for _, object := range render.Objects(d) {
		wanted[childKey{object.Kind, object.Name}] = true
		note(r.apply(ctx, d, object))
	}
	note(r.prune(ctx, d, wanted))
	return changed, errors.Join(errs...)
}

// A childKey tells the children of one object apart.
type childKey struct {
	kind schema.GroupVersionKind
	name string
}

// apply is the one funnel through which children are written. A child that is
// already as rendered costs no write, and one that is not ours is not touched.
func (r *Reconciler) apply(ctx context.Context, d *v1alpha1.OllamaDeployment, object render.Object) (changed bool, err error) {
	kind := kindFor(object.Kind)
	live, err := r.read(ctx, kind, client.ObjectKey{Namespace: d.Namespace, Name: object.Name})
	if err != nil {
		return false, err
	}
	if live != nil {
		if err := r.mayWrite(kind, live, d); err != nil {
			return false, err
		}
		adopt(object, live)
	}
	data, err := json.Marshal(object.Config)
	if err != nil {
		return false, fmt.Errorf("encoding %s %q: %w", object.Kind.Kind, object.Name, err)
	}
	if live != nil && r.isApplied(live, fingerprint(data)) {
		return false, nil
	}
	after, err := r.write(ctx, kind, client.ObjectKey{Namespace: d.Namespace, Name: object.Name}, data)
	if apierrors.IsInvalid(err) && live != nil {
		after, err = r.replace(ctx, kind, live, data)
	}
	if err != nil {
		return false, fmt.Errorf("applying %s %q: %w", object.Kind.Kind, object.Name, err)
	}
	if has := after.GetLabels()[appliedLabel]; has != fingerprint(data) {
		r.altered.Store(after.GetUID(), alteration{fingerprint(data), has})
	}
	return live == nil || live.GetResourceVersion() != after.GetResourceVersion(), nil
}

// write applies a configuration and returns the child as it is then, trimmed.
func (r *Reconciler) write(ctx context.Context, kind childKind, key client.ObjectKey, data []byte) (client.Object, error) {
	child := kind.object()
	child.SetNamespace(key.Namespace)
	child.SetName(key.Name)
	err := r.Client.Patch(ctx, child, client.RawPatch(types.ApplyPatchType, data), client.FieldOwner(v1alpha1.ManagedBy), client.ForceOwnership)
	if err != nil {
		return nil, err
	}
	return kind.trim(child)
}

// mayWrite is an error when the live child is not the object's.
func (r *Reconciler) mayWrite(kind childKind, live client.Object, d *v1alpha1.OllamaDeployment) error {
	switch kind.ownership(live, d) {
	case ours:
		return nil
	case ofPredecessor:
		return &predecessorError{kind.gvk.Kind, live.GetName()}
	default:
		return &conflictError{kind.gvk.Kind, live.GetName(), v1alpha1.Kind}
	}
}

// isApplied tells whether applying would change nothing: because the child has what
// is wanted, or because the API server is known to make this of it.
func (r *Reconciler) isApplied(live client.Object, wanted string) bool {
	has := live.GetLabels()[appliedLabel]
	if has == wanted {
		return true
	}
	made, known := r.altered.Load(live.GetUID())
	return known && made == alteration{wanted, has}
}

// An alteration is what the API server made of what was applied, because another
// admission webhook changes it. Applying it again would change nothing.
type alteration struct{ applied, stored string }

// replace puts the rendered lists in the place of the live ones, and then applies.
// Applying alone merges lists by key, so that an entry whose key somebody edited
// stays beside ours: two ports of one name, say, which no Service can have.
func (r *Reconciler) replace(ctx context.Context, kind childKind, live client.Object, data []byte) (client.Object, error) {
	key := client.ObjectKeyFromObject(live)
	if err := r.Client.Patch(ctx, live, client.RawPatch(types.MergePatchType, data), client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return nil, err
	}
	return r.write(ctx, kind, key, data)
}

// read is the live child, trimmed, nil if there is none. The cache holds labelled
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
	return nil, fmt.Errorf("reading %s %q: %w", kind.gvk.Kind, key.Name, err)
}

// prune deletes our children that are no longer rendered: a component or an
// ingress that was turned off.
func (r *Reconciler) prune(ctx context.Context, d *v1alpha1.OllamaDeployment, wanted map[childKey]bool) (changed bool, err error) {
	var errs []error
	for _, component := range v1alpha1.Components() {
		name := v1alpha1.ChildName(d.Name, component)
		for _, kind := range childKinds {
			if kind.kept || wanted[childKey{kind.gvk, name}] {
				continue
			}
			live := kind.object()
			err := r.Client.Get(ctx, client.ObjectKey{Namespace: d.Namespace, Name: name}, live)
			if err == nil && live.GetDeletionTimestamp().IsZero() && kind.ownership(live, d) == ours {
				changed = true
				err = r.Client.Delete(ctx, live, client.PropagationPolicy("Background"),
					client.Preconditions{UID: new(live.GetUID())})
			}
			if client.IgnoreNotFound(err) != nil {
				errs = append(errs, fmt.Errorf("removing %s %q: %w", kind.gvk.Kind, name, err))
			}
		}
	}
	return changed, errors.Join(errs...)
}
