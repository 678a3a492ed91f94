// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// withAuthentication provides a filter that authenticates requests by token and authorizes them,
// both at the API server. Unlike controller-runtime's WithAuthenticationAndAuthorization it
// responds to an invalid token with 401, as the API server does, not with 500 and a logged error. That also links
// k8s.io/apiserver with its engines for CEL, gRPC and OpenTelemetry, and the program needs 15 MB more memory.
func withAuthentication(config *rest.Config, client *http.Client) (metricsserver.Filter, error) {
	reviews, err := newReviewer(config, client)
	if err != nil {
		return nil, err
	}
	return reviews.filter, nil
}

// filter implements metricsserver.Filter.
func (r *reviewer) filter(log logr.Logger, handler http.Handler) (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout)) // controller-runtime's metrics server has no read timeout
		code, err := r.review(request)
		switch code {
		case http.StatusOK:
			handler.ServeHTTP(w, request)
			return
		case http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		if err != nil {
			log.Error(err, "Failed to review a request for metrics")
		} else {
			log.V(1).Info("Request for metrics is not allowed", "remoteAddr", request.RemoteAddr)
		}
		http.Error(w, http.StatusText(code), code)
	}), nil
}
