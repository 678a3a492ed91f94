// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/patterns"
	"github.com/geeper-io/llm-operator/reconcilers/status"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// routesIn is a cluster that has HTTPRoutes if the reader is not nil.
type routesIn struct{ reader client.Reader }

// Reader implements RouteReader.
func (r *routesIn) Reader() client.Reader { return r.reader }

// routedStack has a route of Open WebUI.
func routedStack(t *testing.T) *v1alpha1.OllamaDeployment {
	t.Helper()
	return fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: a, namespace: here, uid: d, generation: 1}
spec:
  ollama: {models: ["llama2:7b"]}
  openwebui: {enabled: true, ingress: {host: chat.example.com}, route: {parentRefs: [{name: gw}], hostnames: [chat.example.com]}}
`))
}

// A route comes and goes with the API, the field and the component, and nothing else waits for it.
func TestRouteOfTheSpec(t *testing.T) {
	t.Parallel()
	d, c := routedStack(t), fakeCluster(t).Build()
	routes := &routesIn{}
	r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now, Routes: routes}
	applied := func() []string {
		_, err := r.applyChildren(t.Context(), r.tracker.of(d), d)
		require.NoError(t, err)
		all := &gatewayv1.HTTPRouteList{}
		require.NoError(t, c.List(t.Context(), all))
		var names []string
		for i := range all.Items {
			names = append(names, all.Items[i].Name)
		}
		return names
	}
	assert.Empty(t, applied(), "the cluster has no HTTPRoutes")
	routes.reader = c
	assert.Equal(t, []string{"a-openwebui"}, applied())
	routes.reader = nil
	assert.Equal(t, []string{"a-openwebui"}, applied(), "nobody looks while the API is about to go")
	routes.reader = c
	d.Spec.OpenWebUI.Enabled = new(false)
	assert.Empty(t, applied(), "the component is disabled")
	d.Spec.OpenWebUI.Enabled = new(true)
	assert.Len(t, applied(), 1)
	d.Spec.OpenWebUI.Route = nil
	assert.Empty(t, applied(), "there is no route anymore")
}

func TestRouteNotAllowed(t *testing.T) {
	t.Parallel()
	opts := Options{AllowedIngressHosts: patterns.Hosts{"*.example.com"}, AllowedIngressAnnotations: patterns.Annotations{"example.com/*"}}
	for name, tc := range map[string]struct {
		route *v1alpha1.RouteSpec
		want  string
	}{
		"none":          {},
		"allowed":       {route: &v1alpha1.RouteSpec{Hostnames: []string{"a.example.com"}, Annotations: map[string]string{"example.com/a": ""}}},
		"a host":        {&v1alpha1.RouteSpec{Hostnames: []string{"a.example.com", "a.org"}}, "spec.tabby.route.hostnames[1] is not allowed by the operator's flag --allowed-ingress-hosts; it was stored while the webhooks were away, or before the flag was set"},
		"all hosts":     {&v1alpha1.RouteSpec{}, "spec.tabby.route.hostnames is not allowed"},
		"an annotation": {&v1alpha1.RouteSpec{Hostnames: []string{"a.example.com"}, Annotations: map[string]string{"a.org/a": ""}}, "spec.tabby.route.annotations[a.org/a] is not allowed by the operator's flag --allowed-ingress-annotations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &v1alpha1.OllamaDeployment{}
			d.Spec.Tabby = &v1alpha1.TabbySpec{Route: tc.route}
			require.NoError(t, Options{}.routeNotAllowed(d, v1alpha1.ComponentTabby))
			err := opts.routeNotAllowed(d, v1alpha1.ComponentTabby)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// A route that is not allowed is neither made nor changed, and holds up nothing else.
func TestRouteHeldBack(t *testing.T) {
	t.Parallel()
	d, c := routedStack(t), fakeCluster(t).Build()
	r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now, Routes: &routesIn{c}}
	_, err := r.applyChildren(t.Context(), r.tracker.of(d), d)
	require.NoError(t, err)
	r.Options.AllowedIngressHosts = patterns.Hosts{"*.example.com"}
	d.Spec.OpenWebUI.Route.Hostnames = []string{"other.org"}
	_, err = r.applyChildren(t.Context(), r.tracker.of(d), d)
	assert.True(t, is[*notAllowedError](err), "%v", err)
	route := &gatewayv1.HTTPRoute{}
	require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: "here", Name: "a-openwebui"}, route))
	assert.Equal(t, []gatewayv1.Hostname{"chat.example.com"}, route.Spec.Hostnames)
}

// The Gateway of an accepted route is read for its address. The address goes with the Gateway and the right to
// read it, and stays while it cannot be read for a moment.
func TestAddressOfTheRoute(t *testing.T) {
	t.Parallel()
	gone := apierrors.NewNotFound(schema.GroupResource{Resource: "gateways"}, "gw")
	for name, tc := range map[string]struct {
		rejected bool
		err      error
		want     string
		reads    int
		unread   bool
	}{
		"accepted":        {want: "https://chat.example.com", reads: 1},
		"rejected":        {rejected: true},
		"no such Gateway": {err: gone, reads: 1},
		"not allowed":     {err: apierrors.NewForbidden(schema.GroupResource{}, "gw", errors.New("no")), reads: 1},
		"no Gateways":     {err: &meta.NoKindMatchError{}, reads: 1},
		"a hiccup":        {err: errors.New("EOF"), reads: 1, unread: true, want: "http://before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := routedStack(t)
			d.Status.OpenWebUIStatus = &v1alpha1.DeploymentComponentStatus{URL: "http://before"}
			gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "here", Name: "gw"}}
			gateway.Spec.Listeners = []gatewayv1.Listener{{Name: "https", Port: 443, Protocol: gatewayv1.HTTPSProtocolType}}
			reads := 0
			c := fakeCluster(t).WithObjects(gateway).WithStatusSubresource(&gatewayv1.HTTPRoute{}).WithInterceptorFuncs(interceptor.Funcs{
				Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, opts ...client.GetOption) error {
					if _, ok := into.(*gatewayv1.Gateway); ok {
						reads++
						if tc.err != nil {
							return tc.err
						}
					}
					return c.Get(ctx, key, into, opts...)
				},
			}).Build()
			r := &Reconciler{Client: c, APIReader: c, Now: metav1.Now, Routes: &routesIn{c}}
			tracked := r.tracker.of(d)
			applied, err := r.applyChildren(t.Context(), tracked, d)
			require.NoError(t, err)
			route := &gatewayv1.HTTPRoute{}
			require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: "here", Name: "a-openwebui"}, route))
			answer := metav1.Condition{Type: "Accepted", Status: "True", Reason: "Accepted", ObservedGeneration: route.Generation, LastTransitionTime: metav1.Now()}
			if tc.rejected {
				answer.Status = "False"
			}
			route.Status.Parents = []gatewayv1.RouteParentStatus{{ParentRef: route.Spec.ParentRefs[0], ControllerName: "example.com/gw", Conditions: []metav1.Condition{answer}}}
			require.NoError(t, c.Status().Update(t.Context(), route))
			seen, err := r.observe(t.Context(), tracked, d, applied)
			require.NoError(t, err)
			assert.Equal(t, tc.reads, reads)
			assert.Equal(t, tc.unread, seen.unread)
			if tc.reads > 0 {
				assert.Positive(t, seen.nextLook(r.Now().Time), "it is read again")
				assert.LessOrEqual(t, seen.nextLook(r.Now().Time), referencesInterval)
			}
			status := status.Compute(d, seen.Observed, nil, r.Now())
			assert.Equal(t, tc.want, status.URL)
			assert.Equal(t, tc.want, status.OpenWebUIStatus.URL)
		})
	}
}
