package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers"
	"github.com/geeper-io/llm-operator/webhooks"
)

const (
	// leaseName names the Lease of the leader election.
	leaseName = "llm-operator.geeper.io"

	// stopGrace is how long running requests and reconciles may take to end.
	stopGrace = 20 * time.Second
)

// newManager wires the webhooks, the reconciler and the health endpoints.
func newManager(ctx context.Context, config *rest.Config, opts options) (ctrl.Manager, error) {
	config.UserAgent = v1alpha1.ManagedBy
	// The API server's priority and fairness is what protects it. A limit in the
	// client would make a rollout of many objects wait in the operator.
	config.QPS = -1
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("building the scheme: %w", err)
		}
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         reconcilers.CacheOptions(),
		Metrics:                       metricsserver.Options{BindAddress: opts.metricsAddress},
		HealthProbeBindAddress:        opts.healthAddress,
		LeaderElection:                opts.leaderElection,
		LeaderElectionID:              leaseName,
		LeaderElectionNamespace:       opts.electionSpace,
		LeaderElectionReleaseOnCancel: true, // run ends when the manager does
		GracefulShutdownTimeout:       new(stopGrace),
		WebhookServer: webhook.NewServer(webhook.Options{
			Host:    opts.webhookHost,
			Port:    opts.webhookPort,
			CertDir: opts.webhookCertDir,
			// HTTP/2 has nothing to offer to an API server that keeps its connections,
			// and a history of denial of service.
			TLSOpts: []func(*tls.Config){func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }},
		}),
	})
	if err != nil {
		return nil, fmt.Errorf("creating the manager: %w", err)
	}
	webhooks.Setup(mgr, opts.admission)
	if err := reconcilers.Setup(ctx, mgr, opts.reconciler); err != nil {
		return nil, fmt.Errorf("setting up the reconciler: %w", err)
	}
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("adding the health check: %w", err)
	}
	if err := mgr.AddReadyzCheck("webhook", mgr.GetWebhookServer().StartedChecker()); err != nil {
		return nil, fmt.Errorf("adding the readiness check: %w", err)
	}
	return mgr, nil
}
