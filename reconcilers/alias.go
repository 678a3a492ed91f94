package reconcilers

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// AliasReconciler keeps an OllamaDeployment for each Deployment of llm.geeper.io, the
// older spelling of the kind, and shows its status there.
type AliasReconciler struct {
	// Client reads from the cache and writes.
	Client client.Client
	// Now is the clock of the conditions.
	Now func() metav1.Time
}

// Reconcile brings the OllamaDeployment to what the alias says, and the alias's status
// to that of the OllamaDeployment. One that is being deleted needs nothing: what it
// owns goes with it.
func (r *AliasReconciler) Reconcile(ctx context.Context, alias *v1alpha1.Deployment) (ctrl.Result, error) {
	if !alias.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	kept, err := r.keep(ctx, alias)
	problem := problemIn(err)
	if kept == nil && problem == nil {
		return next(err) // the OllamaDeployment's next event tells how it went
	}
	status := mirrored(alias, kept, problem, r.Now())
	if !equality.Semantic.DeepEqual(alias.Status, status) {
		before := alias.DeepCopy()
		alias.Status = status
		patchErr := r.Client.Status().Patch(ctx, alias, client.MergeFrom(before), client.FieldOwner(v1alpha1.ManagedBy))
		if client.IgnoreNotFound(patchErr) != nil {
			return ctrl.Result{}, errors.Join(err, fmt.Errorf("writing the status: %w", patchErr))
		}
	}
	return next(err)
}

// keep makes the OllamaDeployment have the alias's spec. It returns it when nothing
// had to be written.
func (r *AliasReconciler) keep(ctx context.Context, alias *v1alpha1.Deployment) (*v1alpha1.OllamaDeployment, error) {
	if !alias.AsOllamaDeployment().Defaulted() {
		return nil, errNotAdmitted
	}
	spec := alias.Spec.DeepCopy()
	spec.DropOlderSpellings()
	kept := &v1alpha1.OllamaDeployment{}
	err := r.Client.Get(ctx, client.ObjectKeyFromObject(alias), kept)
	switch {
	case apierrors.IsNotFound(err):
		return nil, r.create(ctx, alias, *spec)
	case err != nil:
		return nil, fmt.Errorf("reading OllamaDeployment %q: %w", alias.Name, err)
	case !metav1.IsControlledBy(kept, alias):
		return nil, notOurs(alias, kept)
	case !kept.DeletionTimestamp.IsZero(), equality.Semantic.DeepEqual(kept.Spec, *spec):
		return kept, nil
	}
	before := kept.DeepCopy()
	kept.Spec = *spec
	if err := r.Client.Patch(ctx, kept, client.MergeFrom(before), client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return nil, fmt.Errorf("changing OllamaDeployment %q: %w", alias.Name, err)
	}
	return nil, nil
}

func (r *AliasReconciler) create(ctx context.Context, alias *v1alpha1.Deployment, spec v1alpha1.OllamaDeploymentSpec) error {
	d := &v1alpha1.OllamaDeployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: alias.Namespace, Name: alias.Name},
		Spec:       spec,
	}
	if err := controllerutil.SetControllerReference(alias, d, r.Client.Scheme()); err != nil {
		return fmt.Errorf("making the alias the owner: %w", err)
	}
	if err := r.Client.Create(ctx, d, client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return fmt.Errorf("creating OllamaDeployment %q: %w", alias.Name, err)
	}
	return nil
}

// notOurs says why the OllamaDeployment of the alias's name is not touched.
func notOurs(alias *v1alpha1.Deployment, d *v1alpha1.OllamaDeployment) error {
	controller := metav1.GetControllerOf(d)
	if controller != nil && controller.Kind == v1alpha1.KindAlias &&
		controller.APIVersion == v1alpha1.GroupVersion.String() && controller.Name == alias.Name {
		return &predecessorError{v1alpha1.Kind, d.Name}
	}
	return &conflictError{v1alpha1.Kind, d.Name, v1alpha1.KindAlias}
}

// mirrored is the status of the alias: that of the OllamaDeployment, or the problem.
// It is about the alias's latest spec once the OllamaDeployment's is about its own.
func mirrored(alias *v1alpha1.Deployment, kept *v1alpha1.OllamaDeployment, problem error, now metav1.Time) v1alpha1.OllamaDeploymentStatus {
	if problem != nil {
		return computeStatus(alias.AsOllamaDeployment(), observed{}, problem, now)
	}
	status := *kept.Status.DeepCopy()
	generation := alias.Status.ObservedGeneration
	if kept.Status.ObservedGeneration == kept.Generation {
		generation = alias.Generation
	}
	status.ObservedGeneration = generation
	for i := range status.Conditions {
		status.Conditions[i].ObservedGeneration = generation
	}
	return status
}
