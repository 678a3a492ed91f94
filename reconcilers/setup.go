// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"net/url"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/lru"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/patterns"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// The rights of the reconciler. Secrets are created, read by name and given an owner, for
// which clusters with the admission plugin OwnerReferencesPermissionEnforcement ask for
// the right to delete them; neither they nor claims are ever deleted. The ReplicaSets and
// events of pods are read where these are not well, and the ReplicaSets of Ollama's pods once.
//
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments,verbs=list;watch;create;patch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=deployments,verbs=list;watch;patch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments/status;deployments/status,verbs=patch
// +kubebuilder:rbac:groups=llm.geeper.io,resources=ollamadeployments/finalizers;deployments/finalizers,verbs=update
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=services;configmaps,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups="",resources=persistentvolumeclaims,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=apps,resources=replicasets,verbs=get
// +kubebuilder:rbac:groups="",resources=pods,verbs=list;watch
// +kubebuilder:rbac:groups="",resources=events,verbs=list
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;create;patch;delete
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=list;watch
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses;networkpolicies,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Options are the settings of the reconciler.
type Options struct {
	// Concurrency is the maximum number of concurrent reconciles of each controller.
	Concurrency int
	// SkipUpdateChecks has registries of models never asked for newer versions.
	SkipUpdateChecks bool
	// OllamaProxy is the HTTP proxy that Ollama's pods are reached through; nil means directly.
	OllamaProxy *url.URL
	// OperatorNamespace is the namespace of the manager's pods, which network policies let reach Ollama; ""
	// means that it has none.
	OperatorNamespace string
	// AllowHostPath allows hostPath volumes, as in admission.
	AllowHostPath bool
	// AllowServiceAccounts allows pods with a ServiceAccount of the namespace, as in admission.
	AllowServiceAccounts bool
	// AllowPrivilegedPods allows security contexts beyond the Pod Security level baseline, as in admission.
	AllowPrivilegedPods bool
	// Namespaces are those that are watched, as for CacheOptions; none means all.
	Namespaces []string
	// AllowedIngressHosts are the hosts that ingresses and routes may have, as in admission.
	AllowedIngressHosts patterns.Hosts
	// AllowedIngressAnnotations are the annotations that ingresses and routes may have, as in admission.
	AllowedIngressAnnotations patterns.Annotations
	// MaxRestarts is the maximum number of objects whose pods are replaced at a time because a new version of the
	// operator changes them; 0 means no limit.
	MaxRestarts int
	// Debt returns what admission tolerates in a stored object; nil means that it is not known.
	Debt func(*v1alpha1.OllamaDeployment) status.Debt
}

// Setup registers the reconcilers with the manager, whose cache must be created with CacheOptions.
func Setup(ctx context.Context, mgr ctrl.Manager, opts Options) error {
	recorder, err := newRecorder(mgr)
	if err != nil {
		return err
	}
	r := &Reconciler{
		Client:    mgr.GetClient(),
		APIReader: mgr.GetAPIReader(),
		Recorder:  recorder,
		Now:       metav1.Now,
		Options:   opts,
		owners:    lru.New(maxOwners),
	}
	if err := indexCache(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	changed := newSignal()
	r.setupRestarts(changed.send(ctx))
	keeper, err := r.setupModels(ctx, mgr, changed)
	if err != nil {
		return err
	}
	r.Models = keeper
	if err := measureObjects(ctx, mgr); err != nil {
		return err
	}
	gateway, err := newGatewayAPI(ctx, mgr, opts, changed)
	if err != nil {
		return err
	}
	r.Routes = gateway
	builder := ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.OllamaDeployment{}, builder.WithPredicates(byOthers(&r.tracker))).
		Watches(&corev1.Pod{}, onPod()).
		Watches(&autoscalingv2.HorizontalPodAutoscaler{}, onAutoscaler()).
		WatchesRawSource(changed.source()).
		WatchesRawSource(gate(gateway.known)).
		WithOptions(opts.controller())
	for _, kind := range childKinds {
		if !kind.optional {
			builder.Watches(kind.object(), onChild())
		}
	}
	built, err := builder.Build(byRequest(mgr.GetClient(), r.forget, r))
	if err != nil {
		return fmt.Errorf("building the controller: %w", err)
	}
	gateway.watchIn(built)
	return setupAlias(mgr, opts)
}

// indexCache adds the indexes that the reconcilers read.
func indexCache(ctx context.Context, indexer client.FieldIndexer) error {
	if err := indexer.IndexField(ctx, &corev1.Pod{}, podOwnerIndex, indexPod); err != nil {
		return fmt.Errorf("indexing the pods: %w", err)
	}
	if err := indexer.IndexField(ctx, &autoscalingv2.HorizontalPodAutoscaler{}, autoscalerIndex, indexAutoscaler); err != nil {
		return fmt.Errorf("indexing the autoscalers: %w", err)
	}
	if err := indexer.IndexField(ctx, &appsv1.Deployment{}, rolloutIndex, indexRollout); err != nil {
		return fmt.Errorf("indexing the Deployments: %w", err)
	}
	return nil
}

func setupAlias(mgr ctrl.Manager, opts Options) error {
	r := &AliasReconciler{Client: mgr.GetClient(), Now: metav1.Now, Debt: opts.Debt}
	err := ctrl.NewControllerManagedBy(mgr).
		Named("alias").
		For(&v1alpha1.Deployment{}, builder.WithPredicates(byOthers(&r.tracker))).
		Owns(&v1alpha1.OllamaDeployment{}).
		Watches(&autoscalingv2.HorizontalPodAutoscaler{}, onAutoscaler()).
		WithOptions(opts.controller()).
		Complete(byRequest(mgr.GetClient(), r.forget, r))
	if err != nil {
		return fmt.Errorf("building the controller of the alias: %w", err)
	}
	return nil
}

// Backoff between failed reconciles. The longest is far shorter than failureGracePeriod.
const (
	firstBackoff   = 5 * time.Millisecond
	longestBackoff = 30 * time.Second
)

// controller returns the options of both controllers.
func (o Options) controller() controller.Options {
	return controller.Options{
		MaxConcurrentReconciles: o.Concurrency,
		RateLimiter:             workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstBackoff, longestBackoff),
	}
}

// oneWorker returns the options of a controller that reconciles one thing.
func (o Options) oneWorker() controller.Options {
	options := o.controller()
	options.MaxConcurrentReconciles = 1
	return options
}

// byRequest returns a reconciler that reads the requested objects from the cache, and forgets those
// that are gone.
func byRequest[O any, P interface {
	*O
	client.Object
}](cached client.Reader, forget func(client.ObjectKey), reconciler reconcile.ObjectReconciler[P]) reconcile.Reconciler {
	return reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
		object := P(new(O))
		err := cached.Get(ctx, request.NamespacedName, object)
		switch {
		case err == nil:
			return reconciler.Reconcile(ctx, object)
		case apierrors.IsNotFound(err):
			forget(request.NamespacedName)
			return reconcile.Result{}, nil
		default:
			return reconcile.Result{}, fmt.Errorf("reading the object: %w", err)
		}
	})
}

// CacheOptions returns cache options that exclude what the reconcilers never read: objects without
// our label, except for autoscalers, and most fields of the others. If namespaces are passed, the
// cache holds only those.
func CacheOptions(namespaces ...string) (cache.Options, error) {
	selector, err := childSelector()
	if err != nil {
		return cache.Options{}, err
	}
	byObject := map[client.Object]cache.ByObject{
		&v1alpha1.OllamaDeployment{}: {Transform: packing(emptyOf[v1alpha1.OllamaDeployment], trimObject)},
		&v1alpha1.Deployment{}:       {Transform: packing(emptyOf[v1alpha1.Deployment], trimObject)},
		&corev1.Pod{}:                {Label: selector, Transform: packing(emptyOf[corev1.Pod], trimPod)},

		&autoscalingv2.HorizontalPodAutoscaler{}: {Transform: packing(emptyOf[autoscalingv2.HorizontalPodAutoscaler], trimAutoscaler)},
		routeCRD():                               {Field: fields.OneTermEqualSelector(metav1.ObjectNameField, routesCRD), Transform: cached(trimObject)},
	}
	for _, kind := range childKinds {
		if !kind.optional {
			byObject[kind.object()] = cache.ByObject{Label: selector, Transform: packing(kind.object, kind.trim)}
		}
	}
	return cache.Options{ByObject: byObject, DefaultNamespaces: inNamespaces(namespaces)}, nil
}

// childSelector selects objects with our label.
func childSelector() (labels.Selector, error) {
	labeled, err := labels.NewRequirement(v1alpha1.LabelOwner, selection.Exists, nil)
	if err != nil {
		return nil, fmt.Errorf("selecting the children: %w", err)
	}
	return labels.NewSelector().Add(*labeled), nil
}

// inNamespaces returns the configuration of a cache of the namespaces, nil for all.
func inNamespaces(namespaces []string) map[string]cache.Config {
	if len(namespaces) == 0 {
		return nil
	}
	configs := map[string]cache.Config{}
	for _, namespace := range namespaces {
		configs[namespace] = cache.Config{}
	}
	return configs
}
