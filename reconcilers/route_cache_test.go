// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/cluster"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A routeServer is an API server with one HTTPRoute.
type routeServer struct {
	route *gatewayv1.HTTPRoute
	// watches counts the watches that are open.
	watches, requests atomic.Int64
}

func (s *routeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch query := r.URL.Query(); {
	case r.URL.Path == "/api":
		_, _ = io.WriteString(w, `{"kind": "APIVersions", "versions": ["v1"]}`)
	case r.URL.Path == "/apis":
		_, _ = io.WriteString(w, `{"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "gateway.networking.k8s.io", "versions": [{"groupVersion": "gateway.networking.k8s.io/v1", "version": "v1"}]}]}`)
	case r.URL.Path == "/apis/gateway.networking.k8s.io/v1":
		_, _ = io.WriteString(w, `{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "gateway.networking.k8s.io/v1", "resources": [{"name": "httproutes", "singularName": "httproute", "kind": "HTTPRoute", "namespaced": true, "verbs": ["create"]}]}`)
	case r.URL.Path != "/apis/gateway.networking.k8s.io/v1/httproutes" || query.Get("labelSelector") != "ollama-deployment":
		w.WriteHeader(http.StatusNotFound)
	case query.Get("sendInitialEvents") != "": // an API server that does not stream lists
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "BadRequest", "code": 400}`)
	case query.Get("watch") != "":
		s.watches.Add(1)
		defer s.watches.Add(-1)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	default:
		s.requests.Add(1)
		_ = json.NewEncoder(w).Encode(gatewayv1.HTTPRouteList{
			TypeMeta: metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "HTTPRouteList"},
			ListMeta: metav1.ListMeta{ResourceVersion: "2"}, Items: []gatewayv1.HTTPRoute{*s.route},
		})
	}
}

// The cache of HTTPRoutes is complete when it is opened, holds what the reconciler reads, fills the queue, and
// leaves nothing behind when it is stopped.
func TestRouteCache(t *testing.T) {
	t.Parallel()
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{
		Namespace: "here", Name: "a-openwebui", UID: "r", ResourceVersion: "1", Generation: 2, Labels: map[string]string{"ollama-deployment": "a", "other": "b"},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "other"}},
	}}
	route.Spec.Hostnames = []gatewayv1.Hostname{"chat.example.com"}
	route.Status.Parents = []gatewayv1.RouteParentStatus{{ParentRef: gatewayv1.ParentReference{Name: "gw"}, Conditions: []metav1.Condition{
		{Type: "Accepted", Status: "True"}, {Type: "ResolvedRefs", Status: "True"}, {Type: "Programmed", Status: "True"},
	}}}
	api := &routeServer{route: route}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	c, err := cluster.New(&rest.Config{Host: server.URL}, func(o *cluster.Options) { o.Scheme = fakeCluster(t).Build().Scheme() })
	require.NoError(t, err)

	opened, err := openRoutes(t.Context(), c, nil)
	require.NoError(t, err)
	got := &gatewayv1.HTTPRoute{}
	require.NoError(t, opened.Get(t.Context(), client.ObjectKeyFromObject(route), got))
	assert.Equal(t, int64(2), got.Generation)
	assert.Empty(t, got.Spec)
	assert.NotContains(t, got.Labels, "other")
	require.Len(t, got.Status.Parents, 1)
	assert.Len(t, got.Status.Parents[0].Conditions, 2)

	q := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[reconcile.Request]())
	t.Cleanup(q.ShutDown)
	require.NoError(t, opened.watch(q))
	require.Eventually(t, func() bool { return q.Len() == 1 && api.watches.Load() == 1 }, 10*time.Second, 10*time.Millisecond)
	request, _ := q.Get()
	assert.Equal(t, client.ObjectKey{Namespace: "here", Name: "a"}, request.NamespacedName)

	opened.stop()
	require.Eventually(t, func() bool { return api.watches.Load() == 0 }, 10*time.Second, 10*time.Millisecond)
	requests := api.requests.Load()
	assert.Never(t, func() bool { return api.watches.Load() != 0 || api.requests.Load() != requests }, 2*time.Second, 100*time.Millisecond)
}
