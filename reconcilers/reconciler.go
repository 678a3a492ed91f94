package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// conflictRetry is how long a name conflict is left alone. Nobody tells when an
// object that is not ours goes away.
const conflictRetry = 30 * time.Second

// Reconciler makes the children of OllamaDeployments and reports on them.
type Reconciler struct {
	// Client reads from the cache and writes.
	Client client.Client
	// APIReader reads what the cache does not hold.
	APIReader client.Reader
	// Recorder makes events on transitions.
	Recorder events.EventRecorder
	// Now is the clock of the conditions.
	Now func() metav1.Time
}

// Reconcile brings the cluster to what the spec says, and the status to what the
// cluster is. An object that is being deleted needs nothing: its children have
// owner references, and its claims are kept.
func (r *Reconciler) Reconcile(ctx context.Context, d *v1alpha1.OllamaDeployment) (ctrl.Result, error) {
	if !d.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	problem := errNotAdmitted
	if d.Defaulted() {
		problem = r.materialise(ctx, d)
	}
	seen, err := r.observe(ctx, d)
	if err != nil {
		return ctrl.Result{}, errors.Join(problem, err)
	}
	if err := r.report(ctx, d, computeStatus(d, seen, problem, r.Now())); err != nil {
		return ctrl.Result{}, errors.Join(problem, err)
	}
	var conflict *conflictError
	switch {
	case errors.Is(problem, errNotAdmitted):
		return ctrl.Result{}, nil // the next change of its spec passes admission
	case errors.As(problem, &conflict):
		return ctrl.Result{RequeueAfter: conflictRetry}, nil
	default:
		return ctrl.Result{}, problem
	}
}

// report writes the status if it changed, and then the event of its transition.
func (r *Reconciler) report(ctx context.Context, d *v1alpha1.OllamaDeployment, status v1alpha1.OllamaDeploymentStatus) error {
	if equality.Semantic.DeepEqual(d.Status, status) {
		return nil
	}
	before := d.DeepCopy()
	d.Status = status
	if err := r.Client.Status().Patch(ctx, d, client.MergeFrom(before), client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return client.IgnoreNotFound(fmt.Errorf("writing the status: %w", err))
	}
	was := meta.FindStatusCondition(before.Status.Conditions, v1alpha1.ConditionReady)
	is := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	waiting := is.Reason == v1alpha1.ReasonReplicasNotReady
	if was == nil && waiting || was != nil && was.Status == is.Status && was.Reason == is.Reason {
		return nil
	}
	kind := corev1.EventTypeNormal
	if is.Status != metav1.ConditionTrue && !waiting {
		kind = corev1.EventTypeWarning
	}
	r.Recorder.Eventf(d, nil, kind, is.Reason, "Reconcile", "%s", is.Message)
	return nil
}
