// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"slices"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/util/retry"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/cluster"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The CRD of HTTPRoutes is watched, by its metadata only, to know when it comes and goes. Gateways are read
// for their addresses.
//
// +kubebuilder:rbac:groups=apiextensions.k8s.io,resources=customresourcedefinitions,resourceNames=httproutes.gateway.networking.k8s.io,verbs=list;watch
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=httproutes,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=gateways,verbs=get

// routeSyncTimeout is how long the first list of HTTPRoutes may take.
const routeSyncTimeout = 30 * time.Second

// askBackoff is for the question what the operator may do, about six seconds in all.
var askBackoff = wait.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Steps: 6}

var crdKind = schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"}

// routeCRD returns an object with only the metadata of the CRD of HTTPRoutes.
func routeCRD() *metav1.PartialObjectMetadata {
	crd := &metav1.PartialObjectMetadata{}
	crd.SetGroupVersionKind(crdKind)
	crd.Name = routesCRD
	return crd
}

// newGatewayAPI registers the controller that takes up HTTPRoutes when the cluster has them. They change
// signals of objects with routes.
func newGatewayAPI(ctx context.Context, mgr ctrl.Manager, opts Options, changed signal) (*gatewayAPI, error) {
	asked, err := discovery.NewDiscoveryClientForConfigAndClient(mgr.GetConfig(), mgr.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("making a client that asks for HTTPRoutes: %w", err)
	}
	g := &gatewayAPI{
		served:  func(context.Context) (bool, error) { return servesRoutes(asked) },
		open:    func(context.Context) (*routeCache, error) { return openRoutes(ctx, mgr, opts.Namespaces) },
		changed: func(ctx context.Context) error { return signalRoutes(ctx, mgr.GetClient(), changed.send(ctx)) },
		known:   make(chan struct{}),
	}
	var watched bool
	err = retry.OnError(askBackoff, func(error) bool { return ctx.Err() == nil }, func() (err error) {
		watched, err = mayWatchCRD(ctx, mgr.GetClient())
		return err
	})
	if err != nil {
		return nil, err
	}
	builder := ctrl.NewControllerManagedBy(mgr).
		Named("gateway-api").
		WatchesRawSource(source.Func(func(_ context.Context, q queue) error {
			q.Add(reconcile.Request{NamespacedName: client.ObjectKey{Name: routesCRD}})
			return nil
		})).
		WithOptions(opts.oneWorker())
	if watched {
		g.exists = func(ctx context.Context) (bool, error) { return existsCRD(ctx, mgr.GetClient()) }
		builder.WatchesRawSource(source.Kind[client.Object](mgr.GetCache(), routeCRD(), &handler.EnqueueRequestForObject{}))
	} else {
		mgr.GetLogger().Info("the operator may not watch the CRD of HTTPRoutes, and asks the API server for them instead", "every", gatewayPollInterval.String())
	}
	if err := builder.Complete(g); err != nil {
		return nil, fmt.Errorf("building the controller of the Gateway API: %w", err)
	}
	return g, nil
}

// watchIn has the controller watch the HTTPRoutes while there are any.
func (g *gatewayAPI) watchIn(c controller.Controller) {
	g.watch = func(opened *routeCache) error {
		return c.Watch(source.Func(func(_ context.Context, q queue) error { return opened.watch(q) }))
	}
}

// mayWatchCRD reports whether the operator may watch the CRD of HTTPRoutes. If it is restricted to
// namespaces, it has no rights to anything outside of them. Usually everybody may ask what they may do.
func mayWatchCRD(ctx context.Context, c client.Writer) (bool, error) {
	for _, verb := range []string{"list", "watch"} {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Group: crdKind.Group, Resource: "customresourcedefinitions", Name: routesCRD, Verb: verb,
			},
		}}
		switch err := c.Create(ctx, review); {
		case apierrors.IsForbidden(err): // the cluster has taken the right to ask from everybody
			return false, nil
		case err != nil:
			return false, fmt.Errorf("asking whether the operator may watch the CRD of HTTPRoutes: %w", err)
		}
		if !review.Status.Allowed {
			return false, nil
		}
	}
	return true, nil
}

// existsCRD reports whether the CRD exists and is not being deleted.
func existsCRD(ctx context.Context, reader client.Reader) (bool, error) {
	crd := routeCRD()
	err := reader.Get(ctx, client.ObjectKeyFromObject(crd), crd)
	return err == nil && crd.DeletionTimestamp.IsZero(), client.IgnoreNotFound(err)
}

// servesRoutes reports whether the API server has HTTPRoutes of the version that is rendered, and takes new
// ones, which it does not while their CRD is being deleted.
//
// Source: kubernetes, apiextensions-apiserver/pkg/apiserver/customresource_discovery_controller.go.
func servesRoutes(asked discovery.ServerResourcesInterface) (bool, error) {
	resources, err := asked.ServerResourcesForGroupVersion(gatewayv1.GroupVersion.String())
	if err != nil {
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return false, err
	}
	return slices.ContainsFunc(resources.APIResources, func(r metav1.APIResource) bool {
		return r.Name == "httproutes" && slices.Contains(r.Verbs, "create")
	}), nil
}

// openRoutes starts a cache of HTTPRoutes of its own, which can be stopped with everything that belongs to it,
// and waits until it is complete. The manager's cache has to know all its kinds from the start.
func openRoutes(ctx context.Context, mgr cluster.Cluster, namespaces []string) (*routeCache, error) {
	selector, err := childSelector()
	if err != nil {
		return nil, err
	}
	routes, err := cache.New(mgr.GetConfig(), cache.Options{
		HTTPClient: mgr.GetHTTPClient(), Scheme: mgr.GetScheme(), Mapper: mgr.GetRESTMapper(),
		ByObject:          map[client.Object]cache.ByObject{routeKind.object(): {Label: selector, Transform: packing(routeKind.object, routeKind.trim)}},
		DefaultNamespaces: inNamespaces(namespaces),
	})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	go func() { _ = routes.Start(ctx) }() // fails only if it is started twice
	synced, cancel := context.WithTimeout(ctx, routeSyncTimeout)
	defer cancel()
	if _, err := routes.GetInformer(synced, routeKind.object()); err != nil {
		stop()
		return nil, err
	}
	if !routes.WaitForCacheSync(synced) {
		stop()
		return nil, fmt.Errorf("the first list took longer than %s", routeSyncTimeout)
	}
	return &routeCache{Reader: routes, stop: stop, watch: func(q queue) error {
		return source.Kind(routes, routeKind.object(), onChild()).Start(ctx, q)
	}}, nil
}

// signalRoutes signals the objects that have a route.
func signalRoutes(ctx context.Context, reader client.Reader, send func(client.ObjectKey)) error {
	all := &v1alpha1.OllamaDeploymentList{}
	if err := reader.List(ctx, all); err != nil {
		return fmt.Errorf("reading the objects with routes: %w", err)
	}
	for i := range all.Items {
		if slices.ContainsFunc(all.Items[i].Spec.EnabledComponents(), hasRoute) {
			send(client.ObjectKeyFromObject(&all.Items[i]))
		}
	}
	return nil
}

func hasRoute(c v1alpha1.Component) bool { return c.Route() != nil }
