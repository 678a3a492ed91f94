// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"crypto/tls"
	"fmt"

	certutil "k8s.io/client-go/util/cert"
)

// Certificate returns a certificate of both hosts that signs itself, and its PEM for the clients.
func Certificate() (tls.Certificate, []byte, error) {
	certificate, key, err := certutil.GenerateSelfSignedCertKey(Host, nil, []string{BlobHost})
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("generating a certificate: %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	return pair, certificate, err
}
