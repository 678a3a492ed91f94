// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	certutil "k8s.io/client-go/util/cert"
)

// issueCertificates writes the API server's certificates into the directory, as envtest does, but for
// more addresses: pods reach the API server at that of a Service. It returns the CA in PEM.
func issueCertificates(dir string, addresses ...net.IP) ([]byte, error) {
	certificate, key, err := certutil.GenerateSelfSignedCertKey("localhost", addresses, []string{"kubernetes.default.svc"})
	if err != nil {
		return nil, fmt.Errorf("generating a certificate: %w", err)
	}
	var failed error
	// Tokens of ServiceAccounts are signed with the key of a certificate that nobody looks at.
	for _, name := range []string{"apiserver", "sa-signer"} {
		path := filepath.Join(dir, name)
		failed = errors.Join(failed, os.WriteFile(path+".crt", certificate, 0o600), os.WriteFile(path+".key", key, 0o600))
	}
	return certificate, failed
}
