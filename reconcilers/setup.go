package reconcilers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/utils/lru"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The rights of the reconciler. Secrets are created and read by name only, and
// claims are never deleted. The ReplicaSets and events of pods are read where these are
// not well.
//
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments,verbs=list;watch;create;patch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=deployments,verbs=list;watch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments/status;deployments/status,verbs=patch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments/finalizers;deployments/finalizers,verbs=update
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=services;configmaps,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=persistentvolumeclaims,verbs=get;list;watch;create;patch
// +kubebuilder:rbac:groups=apps,resources=replicasets,verbs=get
// +kubebuilder:rbac:groups="",resources=pods,verbs=list;watch
// +kubebuilder:rbac:groups="",resources=events,verbs=list
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;create
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Options are the settings of the reconciler.
type Options struct {
	// Concurrency is how many objects are reconciled at a time.
	Concurrency int
}

// Setup registers the reconcilers with the manager, whose cache has to be made with
// CacheOptions.
func Setup(ctx context.Context, mgr ctrl.Manager, opts Options) error {
	r := &Reconciler{
		Client:    mgr.GetClient(),
		APIReader: mgr.GetAPIReader(),
		Recorder:  mgr.GetEventRecorder(v1alpha1.ManagedBy),
		Now:       metav1.Now,
		owners:    lru.New(maxOwners),
	}
	if err := mgr.GetFieldIndexer().IndexField(ctx, &corev1.Pod{}, podOwnerIndex, indexPod); err != nil {
		return fmt.Errorf("indexing the pods: %w", err)
	}
	builder := ctrl.NewControllerManagedBy(mgr).
		// Its own status writes are no news; a deletion raises the generation too.
		For(&v1alpha1.OllamaDeployment{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&corev1.Pod{}, onPod()).
		WithOptions(controller.Options{MaxConcurrentReconciles: opts.Concurrency})
	for _, kind := range childKinds {
		builder.Watches(kind.object(), onChild())
	}
	if err := builder.Complete(reconcile.AsReconciler(mgr.GetClient(), r)); err != nil {
		return fmt.Errorf("building the controller: %w", err)
	}
	return setupAlias(mgr, opts)
}

func setupAlias(mgr ctrl.Manager, opts Options) error {
	r := &AliasReconciler{Client: mgr.GetClient(), Now: metav1.Now}
	err := ctrl.NewControllerManagedBy(mgr).
		Named("alias").
		For(&v1alpha1.Deployment{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&v1alpha1.OllamaDeployment{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: opts.Concurrency}).
		Complete(reconcile.AsReconciler(mgr.GetClient(), r))
	if err != nil {
		return fmt.Errorf("building the controller of the alias: %w", err)
	}
	return nil
}

// CacheOptions keep out of the cache what the reconciler never reads: objects
// without the label of our children, and most of what stands in the others. With
// namespaces, it holds those only.
func CacheOptions(namespaces ...string) cache.Options {
	labelled, err := labels.NewRequirement(v1alpha1.LabelOwner, selection.Exists, nil)
	if err != nil {
		panic(err) // the label is a constant
	}
	selector := labels.NewSelector().Add(*labelled)
	byObject := map[client.Object]cache.ByObject{
		&v1alpha1.OllamaDeployment{}: {Transform: cached(trimObject)},
		&v1alpha1.Deployment{}:       {Transform: cached(trimObject)},
		&corev1.Pod{}:                {Label: selector, Transform: cached(trimPod)},
	}
	for _, kind := range childKinds {
		byObject[kind.object()] = cache.ByObject{Label: selector, Transform: cached(kind.trim)}
	}
	options := cache.Options{ByObject: byObject}
	if len(namespaces) > 0 {
		options.DefaultNamespaces = map[string]cache.Config{}
		for _, namespace := range namespaces {
			options.DefaultNamespaces[namespace] = cache.Config{}
		}
	}
	return options
}
