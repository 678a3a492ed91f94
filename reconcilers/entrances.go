// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

// observeEntrances adds what leads to the components from outside the cluster.
func (r *Reconciler) observeEntrances(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, seen *observed) error {
	seen.NoGatewayAPI = r.cacheOf(routeKind) == nil
	seen.Entrances = map[v1alpha1.ComponentName]status.Entrance{}
	for _, c := range d.Spec.EnabledComponents() {
		e, err := r.entranceOf(ctx, tracked, d, c)
		if err != nil {
			return err
		}
		if parent := status.AcceptedGateway(d, c, e.Route); parent != nil && e.IngressURL(c) == "" {
			e.Gateway, e.GatewayUnread = r.readGateway(ctx, d, parent)
			seen.gateway, seen.unread = true, seen.unread || e.GatewayUnread
		}
		seen.Entrances[c.Name] = e
	}
	return nil
}

// entranceOf reads the component's children that lead to it.
func (r *Reconciler) entranceOf(ctx context.Context, tracked *trackedObject, d *v1alpha1.OllamaDeployment, c v1alpha1.Component) (status.Entrance, error) {
	e := status.Entrance{NoIngress: r.Options.ingressNotAllowed(d, c.Name) != nil}
	key := client.ObjectKey{Namespace: d.Namespace, Name: v1alpha1.ChildName(d.Name, c.Name)}
	// A route that is held back may be an older one.
	if c.Route() != nil && r.Options.routeNotAllowed(d, c.Name) == nil {
		live, err := r.readCache(ctx, tracked, routeKind, key)
		if err != nil {
			return e, err
		}
		if route, ok := live.(*gatewayv1.HTTPRoute); ok && routeKind.ownership(route, d, nil) == ours {
			e.Route = route
		}
	}
	if service := c.Service(); service != nil && ptr.Deref(service.Type, "") == corev1.ServiceTypeLoadBalancer {
		balanced := &corev1.Service{}
		if err := r.Client.Get(ctx, key, balanced); client.IgnoreNotFound(err) != nil {
			return e, readError(serviceKind, key, err)
		} else if err == nil && serviceKind.ownership(balanced, d, nil) == ours {
			e.Service = balanced
		}
	}
	return e, nil
}

// readGateway returns the Gateway that a route refers to, nil if there is none or the operator may not read it,
// and whether it could not be read for another reason. Gateways are not watched: they are read each
// time that the object is observed, and at least every referencesInterval.
func (r *Reconciler) readGateway(ctx context.Context, d *v1alpha1.OllamaDeployment, parent *v1alpha1.RouteParent) (*gatewayv1.Gateway, bool) {
	key, gateway := client.ObjectKey{Namespace: ptr.Deref(parent.Namespace, d.Namespace), Name: parent.Name}, &gatewayv1.Gateway{}
	err := r.APIReader.Get(ctx, key, gateway)
	switch {
	case err == nil:
		return gateway, false
	case apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || is[*meta.NoKindMatchError](err):
		return nil, false
	default:
		ctrl.LoggerFrom(ctx).V(1).Info("a Gateway cannot be read", "gateway", key.String(), "why", brief(err))
		return nil, true
	}
}
