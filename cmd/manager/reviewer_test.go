// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"github.com/go-logr/logr/funcr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/rest"
)

// A reviewingServer answers reviews as an API server that knows two tokens. It fails as often as failures says.
type reviewingServer struct {
	failures []int
	asked    []string
}

func (s *reviewingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, path.Base(r.URL.Path))
	w.Header().Set("Content-Type", "application/json")
	if len(s.failures) > 0 {
		w.WriteHeader(s.failures[0])
		s.failures = s.failures[1:]
		return
	}
	if path.Base(r.URL.Path) == "tokenreviews" {
		review := authenticationv1.TokenReview{}
		_ = json.NewDecoder(r.Body).Decode(&review)
		review.Status.Authenticated = review.Spec.Token != "junk"
		review.Status.User = authenticationv1.UserInfo{
			Username: review.Spec.Token, UID: "1", Groups: []string{"scrapers"},
			Extra: map[string]authenticationv1.ExtraValue{"pod": {"prometheus-0"}},
		}
		_ = json.NewEncoder(w).Encode(review)
		return
	}
	review := authorizationv1.SubjectAccessReview{}
	_ = json.NewDecoder(r.Body).Decode(&review)
	spec := review.Spec
	review.Status.Allowed = spec.User == "prometheus" && spec.UID == "1" && spec.Groups[0] == "scrapers" && spec.Extra["pod"][0] == "prometheus-0" &&
		*spec.NonResourceAttributes == authorizationv1.NonResourceAttributes{Path: "/metrics", Verb: "get"}
	review.Status.Denied = false
	_ = json.NewEncoder(w).Encode(review)
}

func TestMetricsFilter(t *testing.T) {
	t.Parallel()
	both := []string{"tokenreviews", "subjectaccessreviews"}
	for name, tc := range map[string]struct {
		header   string
		path     string
		failures []int
		code     int
		asked    []string
		logged   string
	}{
		"no header":                      {code: http.StatusUnauthorized},
		"another scheme":                 {header: "Basic cHJvbWV0aGV1cw==", code: http.StatusUnauthorized},
		"no token":                       {header: "Bearer  ", code: http.StatusUnauthorized},
		"an invalid token":               {header: "Bearer junk", code: http.StatusUnauthorized, asked: both[:1]},
		"too long a token":               {header: "Bearer " + strings.Repeat("x", maxToken+1), code: http.StatusUnauthorized},
		"a token that may":               {header: "Bearer prometheus", code: http.StatusOK, asked: both},
		"a scheme in lower case":         {header: "bearer prometheus", code: http.StatusOK, asked: both},
		"a token that may not":           {header: "Bearer somebody", code: http.StatusForbidden, asked: both},
		"a path that it may not get":     {header: "Bearer prometheus", path: "/debug", code: http.StatusForbidden, asked: both},
		"an API server that recovers":    {header: "Bearer prometheus", failures: []int{500}, code: http.StatusOK, asked: append([]string{"tokenreviews"}, both...)},
		"a review that is refused":       {header: "Bearer prometheus", failures: []int{403}, code: http.StatusInternalServerError, asked: both[:1], logged: "reviewing a token: "},
		"an answer that is not a review": {header: "Bearer prometheus", failures: []int{200}, code: http.StatusInternalServerError, asked: both[:1], logged: "0-length response"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &reviewingServer{failures: tc.failures}
			server := httptest.NewServer(api)
			t.Cleanup(server.Close)
			filter, err := withAuthentication(&rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}, server.Client())
			require.NoError(t, err)
			var logged strings.Builder
			handler, err := filter(funcr.New(func(_, args string) { logged.WriteString(args) }, funcr.Options{}), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			require.NoError(t, err)
			serve := func() int {
				request := httptest.NewRequest(http.MethodGet, "https://metrics"+cmp.Or(tc.path, "/metrics"), nil)
				request.Header.Set("Authorization", tc.header)
				response := httptest.NewRecorder()
				handler.ServeHTTP(response, request)
				return response.Code
			}
			assert.Equal(t, tc.code, serve())
			assert.Equal(t, tc.asked, api.asked)
			if tc.logged == "" {
				assert.Empty(t, logged.String())
				asked := len(api.asked)
				assert.Equal(t, tc.code, serve(), "again")
				assert.Len(t, api.asked, asked, "the answer was not remembered")
			} else {
				assert.Contains(t, logged.String(), tc.logged)
				assert.Equal(t, http.StatusOK, serve(), "a failure was remembered")
			}
			assert.NotContains(t, logged.String(), "prometheus")
		})
	}
}

// A review goes on for a client that leaves, and is remembered.
func TestReviewOutlivesClient(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&reviewingServer{})
	t.Cleanup(server.Close)
	reviews, err := newReviewer(&rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}, server.Client())
	require.NoError(t, err)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "https://metrics/metrics", nil)
	request.Header.Set("Authorization", "Bearer prometheus")
	code, err := reviews.review(request)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, code)
	server.Close()
	code, err = reviews.review(request)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, code)
}
