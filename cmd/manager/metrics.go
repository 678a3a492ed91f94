// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/authenticatorfactory"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	authenticationv1 "k8s.io/client-go/kubernetes/typed/authentication/v1"
	authorizationv1 "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// Timeouts and cache durations of token and subject access reviews.
//
// Source: controller-runtime, pkg/metrics/filters/filters.go.
const (
	reviewTimeout     = 10 * time.Second
	authenticationTTL = time.Minute
	allowedTTL        = 5 * time.Minute
	deniedTTL         = 30 * time.Second
)

var reviewBackoff = wait.Backoff{Duration: 500 * time.Millisecond, Factor: 1.5, Jitter: 0.2, Steps: 5}

// withAuthentication provides a filter that authenticates requests by token and authorizes them,
// both at the API server. Unlike controller-runtime's WithAuthenticationAndAuthorization it
// responds to an invalid token with 401, as the API server does, not with 500 and a logged error.
func withAuthentication(config *rest.Config, client *http.Client) (metricsserver.Filter, error) {
	tokens, err := newAuthenticator(config, client)
	if err != nil {
		return nil, fmt.Errorf("setting up authentication of metrics: %w", err)
	}
	access, err := newAuthorizer(config, client)
	if err != nil {
		return nil, fmt.Errorf("setting up authorization of metrics: %w", err)
	}
	return func(log logr.Logger, handler http.Handler) (http.Handler, error) {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout)) // controller-runtime's metrics server has no read timeout
			response, authenticated, err := tokens.AuthenticateRequest(r)
			if err != nil || !authenticated {
				log.V(1).Info("Request is not authenticated", "remoteAddr", r.RemoteAddr)
				w.Header().Set("WWW-Authenticate", "Bearer")
				http.Error(w, "Unauthorized", http.StatusUnauthorized)
				return
			}
			decision, _, err := access.Authorize(r.Context(), authorizer.AttributesRecord{
				User: response.User, Verb: strings.ToLower(r.Method), Path: r.URL.Path,
			})
			switch {
			case err != nil:
				log.Error(err, "Failed to authorize a request for metrics")
				http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			case decision != authorizer.DecisionAllow:
				log.V(1).Info("Request is not authorized", "remoteAddr", r.RemoteAddr)
				http.Error(w, "Forbidden", http.StatusForbidden)
			default:
				handler.ServeHTTP(w, r)
			}
		}), nil
	}, nil
}

func newAuthenticator(config *rest.Config, client *http.Client) (authenticator.Request, error) {
	reviews, err := authenticationv1.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	delegating := authenticatorfactory.DelegatingAuthenticatorConfig{
		Anonymous:                &apiserver.AnonymousAuthConfig{Enabled: false},
		CacheTTL:                 authenticationTTL,
		TokenAccessReviewClient:  reviews,
		TokenAccessReviewTimeout: reviewTimeout,
		WebhookRetryBackoff:      &reviewBackoff,
	}
	request, _, err := delegating.New()
	return request, err
}

func newAuthorizer(config *rest.Config, client *http.Client) (authorizer.Authorizer, error) {
	reviews, err := authorizationv1.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	return authorizerfactory.DelegatingAuthorizerConfig{
		SubjectAccessReviewClient: reviews,
		AllowCacheTTL:             allowedTTL,
		DenyCacheTTL:              deniedTTL,
		WebhookRetryBackoff:       &reviewBackoff,
	}.New()
}
