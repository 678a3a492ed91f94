package reconcilers

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The rights of the reconciler. Secrets are created and read by name only, and
// claims are never deleted.
//
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments,verbs=get;list;watch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments/status,verbs=patch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments/finalizers,verbs=update
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=services;configmaps,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=persistentvolumeclaims,verbs=get;list;watch;create;patch
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;create
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Setup registers the reconciler with the manager.
func Setup(mgr ctrl.Manager) error {
	r := &Reconciler{
		Client:    mgr.GetClient(),
		APIReader: mgr.GetAPIReader(),
		Recorder:  mgr.GetEventRecorder(v1alpha1.ManagedBy),
		Now:       metav1.Now,
	}
	return ctrl.NewControllerManagedBy(mgr).
		// Its own status writes are no news; a deletion raises the generation too.
		For(&v1alpha1.OllamaDeployment{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&appsv1.Deployment{}).
		Owns(&corev1.Service{}).
		Owns(&corev1.ConfigMap{}).
		Owns(&networkingv1.Ingress{}).
		Watches(&corev1.PersistentVolumeClaim{}, handler.EnqueueRequestsFromMapFunc(ownerByLabel)).
		Complete(reconcile.AsReconciler(mgr.GetClient(), r))
}

// CacheOptions keep out of the cache what the reconciler never reads: objects
// without the label of our children, and other managers' records.
func CacheOptions() cache.Options {
	labelled, err := labels.NewRequirement(v1alpha1.LabelOwner, selection.Exists, nil)
	if err != nil {
		panic(err) // the label is a constant
	}
	children := cache.ByObject{Label: labels.NewSelector().Add(*labelled), Transform: trimChild}
	byObject := map[client.Object]cache.ByObject{
		&v1alpha1.OllamaDeployment{}: {Transform: cache.TransformStripManagedFields()},
	}
	for _, object := range ChildObjects() {
		byObject[object] = children
	}
	return cache.Options{ByObject: byObject}
}

// trimChild drops the managed fields of others. Ours tell what we applied.
func trimChild(in any) (any, error) {
	object, ok := in.(client.Object)
	if !ok {
		return in, nil // a tombstone
	}
	var ours []metav1.ManagedFieldsEntry
	for _, entry := range object.GetManagedFields() {
		if entry.Manager == v1alpha1.ManagedBy && entry.Operation == metav1.ManagedFieldsOperationApply {
			ours = append(ours, entry)
		}
	}
	object.SetManagedFields(ours)
	return object, nil
}

// ownerByLabel finds the object of a child that has no owner reference.
func ownerByLabel(_ context.Context, child client.Object) []reconcile.Request {
	name := child.GetLabels()[v1alpha1.LabelOwner]
	if name == "" {
		return nil
	}
	return []reconcile.Request{{NamespacedName: client.ObjectKey{Namespace: child.GetNamespace(), Name: name}}}
}
