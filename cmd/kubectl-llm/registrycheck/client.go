// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

// maxHeader bounds the headers of an answer, in bytes.
const maxHeader = 64 << 10

// authoritiesEnv names a file with certificate authorities, as for Ollama.
const authoritiesEnv = "SSL_CERT_FILE"

// NewClient returns an HTTP client that uses the proxies of the environment, and trusts the authorities of the
// system and of the file that SSL_CERT_FILE names. Like Ollama's it follows redirects. It fails if the file
// cannot be read or has no certificates.
func NewClient() (*http.Client, error) {
	authorities, err := authorities()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12}
	transport.MaxResponseHeaderBytes = maxHeader
	transport.MaxIdleConnsPerHost = maxRequests
	return &http.Client{Transport: transport}, nil
}

// authorities returns the certificates that are trusted, nil for those of the system. Go itself reads
// SSL_CERT_FILE on some systems only, and ignores a file without certificates.
func authorities() (*x509.CertPool, error) {
	file := os.Getenv(authoritiesEnv)
	if file == "" {
		return nil, nil //nolint:nilnil // is the default of tls.Config
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", authoritiesEnv, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: %s has no certificates", authoritiesEnv, file)
	}
	return pool, nil
}
