package reconcilers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/render"
)

// A conflictError says that an object which is not ours has the name of a child.
type conflictError struct {
	kind string
	name string
}

func (e *conflictError) Error() string {
	return fmt.Sprintf("%s %q exists and does not belong to this OllamaDeployment; delete or rename it, or choose another name", e.kind, e.name)
}

// materialise makes the cluster have the rendered children and no others. It goes
// on after an error, so that one child does not hold up the rest.
func (r *Reconciler) materialise(ctx context.Context, d *v1alpha1.OllamaDeployment) error {
	var errs []error
	for _, secret := range render.Secrets(d) {
		errs = append(errs, r.ensureSecret(ctx, d, secret))
	}
	wanted := map[childKey]bool{}
	for _, object := range render.Objects(d) {
		wanted[childKey{object.Kind, object.Name}] = true
		errs = append(errs, r.apply(ctx, d, object))
	}
	return errors.Join(append(errs, r.prune(ctx, d, wanted))...)
}

// A childKey tells the children of one object apart.
type childKey struct {
	kind schema.GroupVersionKind
	name string
}

// apply is the one funnel through which children are written. A child that is
// already as rendered costs no write, and one that is not ours is not touched.
func (r *Reconciler) apply(ctx context.Context, d *v1alpha1.OllamaDeployment, object render.Object) error {
	kind := kindFor(object.Kind)
	live, err := r.read(ctx, kind, client.ObjectKey{Namespace: d.Namespace, Name: object.Name})
	if err != nil {
		return err
	}
	if live != nil {
		if !kind.isOurs(live, d) {
			return &conflictError{object.Kind.Kind, object.Name}
		}
		adoptClaim(object.Config, live)
		applied, err := kind.extract(live, v1alpha1.ManagedBy)
		if err != nil {
			return fmt.Errorf("reading what is applied of %s %q: %w", object.Kind.Kind, object.Name, err)
		}
		if equality.Semantic.DeepEqual(applied, object.Config) {
			return nil
		}
	}
	err = r.Client.Apply(ctx, object.Config, client.FieldOwner(v1alpha1.ManagedBy), client.ForceOwnership)
	if apierrors.IsInvalid(err) && live != nil {
		err = r.replace(ctx, object, live)
	}
	if err != nil {
		return fmt.Errorf("applying %s %q: %w", object.Kind.Kind, object.Name, err)
	}
	return nil
}

// replace puts the rendered lists in the place of the live ones, and then applies.
// Applying alone merges lists by key, so that an entry whose key somebody edited
// stays beside ours: two ports of one name, say, which no Service can have.
func (r *Reconciler) replace(ctx context.Context, object render.Object, live client.Object) error {
	data, err := json.Marshal(object.Config)
	if err != nil {
		return err
	}
	if err := r.Client.Patch(ctx, live, client.RawPatch(types.MergePatchType, data), client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return err
	}
	return r.Client.Apply(ctx, object.Config, client.FieldOwner(v1alpha1.ManagedBy), client.ForceOwnership)
}

// read is the live child, nil if there is none. The cache holds labelled objects
// only; whether one of the name exists that is not ours, the API server knows.
func (r *Reconciler) read(ctx context.Context, kind childKind, key client.ObjectKey) (client.Object, error) {
	for _, reader := range []client.Reader{r.Client, r.APIReader} {
		live := kind.object()
		err := reader.Get(ctx, key, live)
		if err == nil {
			return live, nil
		}
		if !apierrors.IsNotFound(err) {
			return nil, fmt.Errorf("reading %s %q: %w", kind.gvk.Kind, key.Name, err)
		}
	}
	return nil, nil
}

// prune deletes our children that are no longer rendered: a component or an
// ingress that was turned off.
func (r *Reconciler) prune(ctx context.Context, d *v1alpha1.OllamaDeployment, wanted map[childKey]bool) error {
	var errs []error
	for _, component := range v1alpha1.Components() {
		name := v1alpha1.ChildName(d.Name, component)
		for _, kind := range childKinds {
			if kind.kept || wanted[childKey{kind.gvk, name}] {
				continue
			}
			live := kind.object()
			err := r.Client.Get(ctx, client.ObjectKey{Namespace: d.Namespace, Name: name}, live)
			if err == nil && kind.isOurs(live, d) {
				err = r.Client.Delete(ctx, live, client.PropagationPolicy("Background"),
					client.Preconditions{UID: new(live.GetUID())})
			}
			if client.IgnoreNotFound(err) != nil {
				errs = append(errs, fmt.Errorf("removing %s %q: %w", kind.gvk.Kind, name, err))
			}
		}
	}
	return errors.Join(errs...)
}
