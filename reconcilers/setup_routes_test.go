// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// HTTPRoutes count only in the version that is rendered, and while new ones can be created.
func TestServesRoutes(t *testing.T) {
	t.Parallel()
	const (
		begin  = `{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "gateway.networking.k8s.io/v1", "resources": [`
		routes = `{"name": "httproutes", "kind": "HTTPRoute", "namespaced": true, "verbs": `
	)
	for name, tc := range map[string]struct {
		answer string
		status int
		serves bool
		fails  bool
	}{
		"none":                       {status: http.StatusNotFound},
		"other kinds":                {answer: begin + `{"name": "gateways", "kind": "Gateway", "namespaced": true, "verbs": ["create"]}]}`},
		"served":                     {answer: begin + routes + `["create", "get"]}]}`, serves: true},
		"about to go":                {answer: begin + routes + `["delete", "get"]}]}`},
		"an API server that fails":   {status: http.StatusInternalServerError, fails: true},
		"an API server that refuses": {status: http.StatusForbidden, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "/apis/gateway.networking.k8s.io/v1", r.URL.Path)
				w.Header().Set("Content-Type", "application/json")
				if tc.status != 0 {
					w.WriteHeader(tc.status)
				}
				_, _ = io.WriteString(w, tc.answer)
			}))
			t.Cleanup(server.Close)
			serves, err := servesRoutes(discovery.NewDiscoveryClientForConfigOrDie(&rest.Config{Host: server.URL}))
			assert.Equal(t, tc.fails, err != nil, "%v", err)
			assert.Equal(t, tc.serves, serves)
		})
	}
}

// The operator asks what it may do before it does it: it watches the one CRD only with both rights.
func TestMayWatchCRD(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		verbs []string
		err   error
		fails bool
		may   bool
	}{
		"both rights":      {verbs: []string{"list", "watch"}, may: true},
		"one right":        {verbs: []string{"list"}},
		"none":             {},
		"cannot be asked":  {err: errors.New("EOF"), fails: true},
		"may not be asked": {err: apierrors.NewForbidden(schema.GroupResource{}, "", errors.New("no"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := fakeCluster(t).WithInterceptorFuncs(interceptor.Funcs{Create: func(_ context.Context, _ client.WithWatch, object client.Object, _ ...client.CreateOption) error {
				review, ok := object.(*authorizationv1.SelfSubjectAccessReview)
				require.True(t, ok)
				of := review.Spec.ResourceAttributes
				assert.Equal(t, []string{"apiextensions.k8s.io", "customresourcedefinitions", routesCRD}, []string{of.Group, of.Resource, of.Name})
				for _, verb := range tc.verbs {
					review.Status.Allowed = review.Status.Allowed || verb == of.Verb
				}
				return tc.err
			}}).Build()
			may, err := mayWatchCRD(t.Context(), c)
			assert.Equal(t, tc.fails, err != nil, "%v", err)
			assert.Equal(t, tc.may, may)
		})
	}
}

// Objects with routes of enabled components are reconciled when HTTPRoutes come and go.
func TestSignalRoutes(t *testing.T) {
	t.Parallel()
	with := func(name string, enabled bool, route *v1alpha1.RouteSpec) *v1alpha1.OllamaDeployment {
		return &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "here", Name: name}, Spec: v1alpha1.OllamaDeploymentSpec{
			Tabby: &v1alpha1.TabbySpec{Enabled: new(enabled), Route: route},
		}}
	}
	c := fakeCluster(t).WithObjects(with("a", true, &v1alpha1.RouteSpec{}), with("b", false, &v1alpha1.RouteSpec{}), with("c", true, nil), &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: "here", Name: "d"}}).Build()
	var signalled []client.ObjectKey
	require.NoError(t, signalRoutes(t.Context(), c, func(key client.ObjectKey) { signalled = append(signalled, key) }))
	assert.Equal(t, []client.ObjectKey{{Namespace: "here", Name: "a"}}, signalled)
}

// The CRD counts as gone as soon as it is being deleted.
func TestExistsCRD(t *testing.T) {
	t.Parallel()
	there, ending := routeCRD(), routeCRD()
	ending.Finalizers, ending.DeletionTimestamp = []string{"a"}, new(metav1.Now())
	for name, tc := range map[string]struct {
		objects []client.Object
		want    bool
	}{
		"none":        {},
		"there":       {objects: []client.Object{there}, want: true},
		"about to go": {objects: []client.Object{ending}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exists, err := existsCRD(t.Context(), fakeCluster(t).WithObjects(tc.objects...).Build())
			require.NoError(t, err)
			assert.Equal(t, tc.want, exists)
		})
	}
}
