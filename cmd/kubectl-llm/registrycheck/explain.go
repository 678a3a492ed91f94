// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/geeper-io/llm-operator/internal/ollama/registry"
)

// explain returns why the host does not tell of a model, and what to do. It contains nothing of what the host
// has answered but the host that it redirects to.
func explain(host string, insecure bool, err error) string {
	var status *registry.StatusError
	var failed *url.Error
	switch {
	case errors.As(err, &status):
		return explainStatus(host, insecure, status.Code)
	case errors.As(err, &failed):
		return explainFailure(host, failed)
	case errors.Is(err, registry.ErrNoManifest):
		return host + " does not answer with the manifest of a model, so it is no registry of Ollama's models"
	case errors.Is(err, context.DeadlineExceeded):
		return tooSlow(host)
	default:
		return host + " broke off its answer"
	}
}

func tooSlow(host string) string {
	return fmt.Sprintf("%s did not answer within %s", host, registry.Timeout)
}

func explainStatus(host string, insecure bool, code int) string {
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Sprintf("%s denies access to the model (%d): it is private, or does not exist; "+
			"Ollama has no passwords, so register the public key of its pods there", host, code)
	case code == http.StatusProxyAuthRequired:
		return "the proxy for " + host + " requires credentials (407); put them into the URL of the proxy in the environment"
	case code == http.StatusPreconditionFailed:
		return host + " has the model for newer versions of Ollama only (412)"
	case code == http.StatusTooManyRequests:
		return host + " has got too many requests (429); try again later"
	case code == http.StatusBadRequest && insecure:
		return host + " answers with status 400; if it has TLS, remove it from ollama.source.insecureRegistries"
	default:
		return strings.TrimSpace(fmt.Sprintf("%s answers with status %d %s", host, code, http.StatusText(code)))
	}
}

// explainFailure returns why there is no answer.
func explainFailure(host string, failed *url.Error) string {
	if at, err := url.Parse(failed.URL); err == nil && at.Host != "" {
		host = at.Host // differs after a redirect
	}
	var untrusted x509.UnknownAuthorityError
	var header tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(failed, http.ErrSchemeMismatch), errors.As(failed, &header):
		return host + " has no TLS; list it in ollama.source.insecureRegistries"
	case errors.As(failed, &untrusted):
		return host + " has a certificate of an authority that is not trusted here; name a file with it in SSL_CERT_FILE"
	case errors.As(failed, &certificate):
		return host + " has no valid certificate: " + plain(certificate.Err)
	case failed.Timeout():
		return tooSlow(host)
	default:
		return host + " cannot be reached: " + plain(cause(failed.Err))
	}
}

// cause returns the part of an error that does not change from one run to the next: that of a connection
// without the addresses.
func cause(err error) error {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return fmt.Errorf("the proxy: %w", cause(op.Err))
	case errors.As(err, &dns):
		return errors.New(dns.Err)
	case errors.As(err, &op):
		return op.Err
	default:
		return err
	}
}

// plain returns the text of an error up to what comes from others, which Go quotes.
func plain(err error) string {
	const most = 200
	text, _, _ := strings.Cut(err.Error(), `"`)
	return strings.TrimRight(text[:min(len(text), most)], " :(")
}
