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
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

// A servingCertificate is the certificate of the webhooks and the metrics, read
// anew when its files change.
type servingCertificate struct {
	certFile, keyFile string
	watcher           atomic.Pointer[certwatcher.CertWatcher]
}

// newServingCertificate reads the files. Only self-made certificates may be missing
// yet.
func newServingCertificate(opts options) (*servingCertificate, error) {
	c := &servingCertificate{
		certFile: filepath.Join(opts.certDir, "tls.crt"),
		keyFile:  filepath.Join(opts.certDir, "tls.key"),
	}
	if err := c.read(); err != nil && (opts.certificates != certificatesSelfMade || !errors.Is(err, os.ErrNotExist)) {
		return nil, err
	}
	return c, nil
}

func (c *servingCertificate) read() error {
	watcher, err := certwatcher.New(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("reading the certificate: %w", err)
	}
	c.watcher.Store(watcher)
	return nil
}

// Start implements manager.Runnable: it waits for the files and follows them.
func (c *servingCertificate) Start(ctx context.Context) error {
	err := wait.PollUntilContextCancel(ctx, time.Second, true, func(context.Context) (bool, error) {
		if c.watcher.Load() != nil {
			return true, nil
		}
		err := c.read()
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
	return nil // stopped before there was a certificate
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: all managers serve.
func (c *servingCertificate) NeedLeaderElection() bool { return false }

// cipherSuites are those of TLS 1.2 with authenticated encryption. All of TLS 1.3's are.
var cipherSuites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// tlsConfig is the configuration of a server with the certificate.
func (c *servingCertificate) tlsConfig() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	c.configure(config)
	return config
}

// configure makes a server use the certificate, and nothing weak.
func (c *servingCertificate) configure(config *tls.Config) {
	config.MinVersion = tls.VersionTLS12
	config.CipherSuites = cipherSuites
	// HTTP/2 has nothing to offer to an API server that keeps its connections, and a
	// history of denial of service.
	config.NextProtos = []string{"http/1.1"}
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		watcher := c.watcher.Load()
		if watcher == nil {
			return nil, errors.New("there is no certificate yet")
		}
		return watcher.GetCertificate(hello)
	}
}

// Lifetimes of self-made certificates. The authority outlives many of those that it
// signs, because a change of it takes a moment to reach everybody.
const (
	authorityLifetime   = 10 * 365 * 24 * time.Hour
	certificateLifetime = 180 * 24 * time.Hour
	renewBefore         = 60 * 24 * time.Hour
)

// addRotator has the manager make its own certificates, if it is to, and put their
// authority into the webhook configurations. The check tells whether that is done.
func (o options) addRotator(mgr ctrl.Manager) (healthz.Checker, error) {
	if o.certificates != certificatesSelfMade {
		return healthz.Ping, nil
	}
	service := func(name string) string { return fmt.Sprintf("%s%s.%s.svc", o.namePrefix, name, o.namespace) }
	done := make(chan struct{})
	err := rotator.AddRotator(mgr, &rotator.CertRotator{
		SecretKey:      types.NamespacedName{Namespace: o.namespace, Name: o.certificatesSecret},
		CertDir:        o.certDir,
		CAName:         "llm-operator-ca",
		CAOrganization: "llm-operator",
		DNSName:        service("webhook-service"),
		ExtraDNSNames:  []string{service("webhook-service") + ".cluster.local", service("metrics-service"), service("metrics-service") + ".cluster.local"},
		Webhooks: []rotator.WebhookInfo{
			{Name: o.namePrefix + "mutating-webhook-configuration", Type: rotator.Mutating},
			{Name: o.namePrefix + "validating-webhook-configuration", Type: rotator.Validating},
		},
		CaCertDuration:     authorityLifetime,
		ServerCertDuration: certificateLifetime,
		LookaheadInterval:  renewBefore,
		IsReady:            done,
		// A manager that does not lead serves too, and has to know that it can.
		RequireLeaderElection: false,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up self-made certificates: %w", err)
	}
	return func(*http.Request) error {
		select {
		case <-done:
			return nil
		default:
			return errors.New("the certificates are not made yet")
		}
	}, nil
}
