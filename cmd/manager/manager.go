// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/discovery"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/capabilities"
	"github.com/geeper-io/llm-operator/reconcilers"
	"github.com/geeper-io/llm-operator/webhooks"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// gracefulShutdownTimeout limits the time for active requests and reconciles to finish.
const gracefulShutdownTimeout = 20 * time.Second

// newManager returns a manager with the webhooks, the controllers, the metrics and the health
// checks.
func newManager(ctx context.Context, config *rest.Config, opts options, shutdown *shutdownDelay) (ctrl.Manager, error) {
	config.UserAgent = v1alpha1.ManagedBy
	// API Priority and Fairness protects the API server. A client-side limit would only slow down
	// rollouts of many objects.
	config.QPS = -1
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme, gatewayv1.Install} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("building the scheme: %w", err)
		}
	}
	certificate, err := newServingCertificate(opts)
	if err != nil {
		return nil, err
	}
	server := newWebhookServer(net.JoinHostPort(opts.webhookHost, strconv.Itoa(opts.webhookPort)), certificate.tlsConfig(), shutdown)
	cacheOptions, err := reconcilers.CacheOptions(opts.namespaces()...)
	if err != nil {
		return nil, fmt.Errorf("configuring the cache: %w", err)
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         cacheOptions,
		Metrics:                       opts.metrics(certificate),
		HealthProbeBindAddress:        opts.healthAddress,
		PprofBindAddress:              opts.pprofAddress,
		LeaderElection:                opts.leaderElection,
		LeaderElectionID:              opts.leaderElectionID,
		LeaderElectionNamespace:       opts.namespace,
		LeaderElectionReleaseOnCancel: true, // the process exits when the manager stops
		GracefulShutdownTimeout:       new(gracefulShutdownTimeout),
		WebhookServer:                 server,
	})
	if err != nil {
		return nil, fmt.Errorf("creating the manager: %w", err)
	}
	if err := mgr.Add(certificate); err != nil {
		return nil, fmt.Errorf("adding the certificate: %w", err)
	}
	certificatesReady, err := opts.addRotator(mgr)
	if err != nil {
		return nil, err
	}
	if err := askCluster(mgr, &opts.admission); err != nil {
		return nil, err
	}
	webhooks.Setup(mgr, opts.admission)
	opts.reconciler.Debt = debtUnder(opts.admission)
	if err := reconcilers.Setup(ctx, mgr, opts.reconciler); err != nil {
		return nil, fmt.Errorf("setting up the reconciler: %w", err)
	}
	return mgr, addChecks(mgr, map[string]healthz.Checker{
		"webhook": server.StartedChecker(), "certificates": certificatesReady, "shutdown": shutdown.check,
	})
}

// askCluster sets what rules depend on of the cluster.
func askCluster(mgr ctrl.Manager, opts *validation.Options) error {
	client, err := discovery.NewDiscoveryClientForConfigAndClient(mgr.GetConfig(), mgr.GetHTTPClient())
	if err != nil {
		return fmt.Errorf("creating a client of the API server's version: %w", err)
	}
	return capabilities.Ask(client, opts)
}

// addChecks adds the liveness check and the readiness checks.
func addChecks(mgr ctrl.Manager, readiness map[string]healthz.Checker) error {
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return fmt.Errorf("adding the health check: %w", err)
	}
	for name, check := range readiness {
		if err := mgr.AddReadyzCheck(name, check); err != nil {
			return fmt.Errorf("adding the readiness check %q: %w", name, err)
		}
	}
	return nil
}

// metrics returns the options of the metrics server. Secure metrics require authentication and
// authorization.
func (o options) metrics(certificate *servingCertificate) metricsserver.Options {
	m := metricsserver.Options{BindAddress: o.metricsAddress}
	if o.metricsSecure {
		m.SecureServing = true
		m.FilterProvider = withAuthentication
		m.TLSOpts = []func(*tls.Config){certificate.configure}
	}
	return m
}
