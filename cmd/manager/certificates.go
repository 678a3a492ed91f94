// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/cert-controller/pkg/rotator"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// A servingCertificate serves the certificate of the webhooks and the metrics, and reloads it when its
// files change.
type servingCertificate struct {
	certFile, keyFile string
	watcher           atomic.Pointer[certwatcher.CertWatcher]
}

// newServingCertificate loads the certificate. The files of self-signed certificates may not exist
// yet; Start waits for them.
func newServingCertificate(opts options) (*servingCertificate, error) {
	c := &servingCertificate{
		certFile: filepath.Join(opts.certDir, "tls.crt"),
		keyFile:  filepath.Join(opts.certDir, "tls.key"),
	}
	if err := c.load(); err != nil && (opts.certificateSource != sourceSelfSigned || !errors.Is(err, os.ErrNotExist)) {
		return nil, err
	}
	return c, nil
}

func (c *servingCertificate) load() error {
	watcher, err := certwatcher.New(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("loading the serving certificate: %w", err)
	}
	watcher.RegisterCallback(noteExpiry)
	c.watcher.Store(watcher)
	return nil
}

// certificateExpiry has no sample until there is a certificate.
var certificateExpiry = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Name: "llm_operator_serving_certificate_expiry_timestamp_seconds",
	Help: "When the certificate of the webhooks and the metrics expires, in seconds since 1970.",
}, nil)

func init() { metrics.Registry.MustRegister(certificateExpiry) }

// noteExpiry sets the metric of the certificate that is served from now on.
func noteExpiry(served tls.Certificate) {
	if served.Leaf != nil {
		certificateExpiry.WithLabelValues().Set(float64(served.Leaf.NotAfter.Unix()))
	}
}

// Start implements manager.Runnable. It waits for the files and then watches them for changes.
func (c *servingCertificate) Start(ctx context.Context) error {
	err := wait.PollUntilContextCancel(ctx, time.Second, true, func(context.Context) (bool, error) {
		if c.watcher.Load() != nil {
			return true, nil
		}
		err := c.load()
		if errors.Is(err, os.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil && ctx.Err() == nil {
		return err
	}
	if watcher := c.watcher.Load(); watcher != nil {
		return watcher.Start(ctx)
	}
	return nil // stopped before the certificate was issued
}

// NeedLeaderElection implements manager.LeaderElectionRunnable. All replicas serve webhooks.
func (c *servingCertificate) NeedLeaderElection() bool { return false }

// cipherSuites lists the TLS 1.2 cipher suites with authenticated encryption. Those of TLS 1.3 all
// have it and are not configurable.
var cipherSuites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// tlsConfig returns the TLS configuration of a server with this certificate.
func (c *servingCertificate) tlsConfig() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	c.configure(config)
	return config
}

// configure sets the certificate, and restricts protocols and cipher suites.
func (c *servingCertificate) configure(config *tls.Config) {
	config.MinVersion = tls.VersionTLS12
	config.CipherSuites = cipherSuites
	// HTTP/2 is disabled because of its denial-of-service vulnerabilities (CVE-2023-44487,
	// CVE-2023-39325). The API server keeps its connections open and gains nothing from it.
	config.NextProtos = []string{"http/1.1"}
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		watcher := c.watcher.Load()
		if watcher == nil {
			return nil, errors.New("the serving certificate is not available yet")
		}
		return watcher.GetCertificate(hello)
	}
}

// Lifetimes of self-signed certificates. The CA lives much longer than the certificates it signs,
// because clients do not trust a new CA at once.
const (
	caLifetime          = 10 * 365 * 24 * time.Hour
	certificateLifetime = 180 * 24 * time.Hour
	renewBefore         = 60 * 24 * time.Hour
)

// addRotator makes the manager issue and rotate self-signed certificates and inject their CA into
// the webhook configurations, if the options enable it. The returned check passes once that is done.
func (o options) addRotator(mgr ctrl.Manager) (healthz.Checker, error) {
	if o.certificateSource != sourceSelfSigned {
		return healthz.Ping, nil
	}
	service := func(name string) string { return fmt.Sprintf("%s%s.%s.svc", o.namePrefix, name, o.namespace) }
	done := make(chan struct{})
	err := rotator.AddRotator(mgr, &rotator.CertRotator{
		SecretKey:      types.NamespacedName{Namespace: o.namespace, Name: o.certificateSecret},
		CertDir:        o.certDir,
		CAName:         "llm-operator-ca",
		CAOrganization: "llm-operator",
		DNSName:        service("webhook-service"),
		ExtraDNSNames:  []string{service("webhook-service") + ".cluster.local", service("metrics-service"), service("metrics-service") + ".cluster.local"},
		Webhooks: []rotator.WebhookInfo{
			{Name: o.namePrefix + "mutating-webhook-configuration", Type: rotator.Mutating},
			{Name: o.namePrefix + "validating-webhook-configuration", Type: rotator.Validating},
		},
		CaCertDuration:     caLifetime,
		ServerCertDuration: certificateLifetime,
		LookaheadInterval:  renewBefore,
		IsReady:            done,
		// Replicas that are not the leader serve webhooks, too, and are ready only with a certificate.
		RequireLeaderElection: false,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up self-signed certificates: %w", err)
	}
	return func(*http.Request) error {
		select {
		case <-done:
			return nil
		default:
			return errors.New("self-signed certificates are not issued yet")
		}
	}, nil
}
