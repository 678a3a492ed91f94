// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	certutil "k8s.io/client-go/util/cert"

	"github.com/geeper-io/llm-operator/test/tunnel"
)

// A PublicRegistry stands in for registry.ollama.ai and hf.co, by HTTPS, and for any registry by plain HTTP.
// The only way to it is a proxy, which answers for all other hosts that there is none.
type PublicRegistry struct {
	registry, proxy *httptest.Server
	authorities     string
}

// NewPublicRegistry starts a double with the models of the registry. It writes the certificate of its authority
// into the directory.
func NewPublicRegistry(models *Registry, dir string) (*PublicRegistry, error) {
	certificate, key, err := certutil.GenerateSelfSignedCertKey("registry.ollama.ai", nil, []string{"hf.co"})
	if err != nil {
		return nil, fmt.Errorf("generating a certificate: %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("generating a certificate: %w", err)
	}
	p := &PublicRegistry{registry: httptest.NewUnstartedServer(models), authorities: filepath.Join(dir, "registry-ca.crt")}
	if err := os.WriteFile(p.authorities, certificate, 0o600); err != nil {
		return nil, fmt.Errorf("writing the authority: %w", err)
	}
	p.registry.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	p.registry.StartTLS()
	p.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodConnect:
			models.ServeHTTP(w, r)
		case r.Host == "registry.ollama.ai:443", r.Host == "hf.co:443":
			tunnel.Serve(w, func() (net.Conn, error) { return net.Dial("tcp", p.registry.Listener.Addr().String()) })
		default:
			http.Error(w, "there is no such host", http.StatusBadGateway)
		}
	}))
	return p, nil
}

// Env returns the environment of clients.
func (p *PublicRegistry) Env() []string {
	return []string{
		"SSL_CERT_FILE=" + p.authorities, "HTTP_PROXY=" + p.proxy.URL, "HTTPS_PROXY=" + p.proxy.URL,
		"NO_PROXY=", "no_proxy=", // of whoever runs the tests
	}
}

// Close stops the double.
func (p *PublicRegistry) Close() {
	p.proxy.CloseClientConnections()
	p.proxy.Close()
	p.registry.Close()
}
