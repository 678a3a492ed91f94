package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

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

	// owners holds the UIDs of the Deployments of ReplicaSets, by the UIDs of these.
	owners *lru.Cache
	// altered holds the alteration of each child that has one, by the child's UID.
	altered sync.Map
}

// Reconcile brings the cluster to what the spec says, and the status to what the
// cluster is. An object that is being deleted needs nothing: its children have
// owner references, and its claims are kept.
func (r *Reconciler) Reconcile(ctx context.Context, d *v1alpha1.OllamaDeployment) (ctrl.Result, error) {
	if !d.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	changed, err := false, errNotAdmitted
	if d.Defaulted() {
		changed, err = r.materialise(ctx, d)
	}
	problem := problemIn(err)
	if changed && problem == nil {
		// What the cache holds is older than what was just written, and would be
		// reported as the state of the new spec.
		return ctrl.Result{RequeueAfter: settle}, err
	}
	seen, seeErr := r.observe(ctx, d)
	if seeErr != nil {
		return ctrl.Result{}, errors.Join(err, seeErr)
	}
	if reportErr := r.report(ctx, d, computeStatus(d, seen, problem, r.Now())); reportErr != nil {
		return ctrl.Result{}, errors.Join(err, reportErr)
	}
	result, err := next(err)
	if err == nil {
		result.RequeueAfter = sooner(result.RequeueAfter, seen.nextLook(r.Now().Time))
	}
	return result, err
}

// report writes the status if it changed, and then the events of its transitions.
func (r *Reconciler) report(ctx context.Context, d *v1alpha1.OllamaDeployment, status v1alpha1.OllamaDeploymentStatus) error {
	if equality.Semantic.DeepEqual(d.Status, status) {
		return nil
	}
	before := d.DeepCopy()
	d.Status = status
	if err := r.Client.Status().Patch(ctx, d, client.MergeFrom(before), client.FieldOwner(v1alpha1.ManagedBy)); err != nil {
		return client.IgnoreNotFound(fmt.Errorf("writing the status: %w", err))
	}
	for _, t := range transitions(before.Status.Conditions, status.Conditions) {
		r.Recorder.Eventf(d, nil, t.kind, t.condition.Reason, "Reconcile", "%s", t.condition.Message)
	}
	return nil
}
