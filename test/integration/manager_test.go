// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	certutil "k8s.io/client-go/util/cert"
)

// The manager is ready when the webhook server serves, reloads its certificate, and stops gracefully.
func TestManager(t *testing.T) {
	t.Parallel()
	certs := t.TempDir()
	first := writeCertificate(t, certs)
	webhook, health := freePort(t), freePort(t)
	cmd := exec.Command(managerBinary,
		"--kubeconfig="+shared.Kubeconfig,
		"--webhook-host=127.0.0.1", "--webhook-port="+strconv.Itoa(webhook), "--webhook-cert-dir="+certs,
		"--health-probe-bind-address=127.0.0.1:"+strconv.Itoa(health),
		"--metrics-bind-address=0",
		"--watch-namespaces=kube-system", // other tests have a manager that reconciles
	)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })

	for _, path := range []string{"healthz", "readyz"} {
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/%s", health, path))
			if assert.NoError(c, err) {
				defer response.Body.Close()
				assert.Equal(c, http.StatusOK, response.StatusCode)
			}
		}, patience, tick, path)
	}
	assert.Equal(t, first, servedCertificate(t, webhook), "ready before the certificate is served")

	second := writeCertificate(t, certs)
	require.NotEqual(t, first, second)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, second, servedCertificate(t, webhook))
	}, patience, tick)

	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait(), "the exit status is 0")
}

// Without a certificate the manager fails.
func TestManagerWithoutCertificate(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(managerBinary,
		"--kubeconfig="+shared.Kubeconfig, "--webhook-cert-dir="+t.TempDir(),
		"--webhook-host=127.0.0.1", "--webhook-port="+strconv.Itoa(freePort(t)),
		"--health-probe-bind-address=0",
	).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "tls.crt: no such file or directory")
}

// writeCertificate writes a new self-signed certificate to the directory and returns it.
func writeCertificate(t *testing.T, dir string) string {
	t.Helper()
	cert, key, err := certutil.GenerateSelfSignedCertKey("localhost", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.key"), key, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.crt"), cert, 0o600))
	block, _ := pem.Decode(cert)
	return string(block.Bytes)
}

// servedCertificate returns the certificate that is served at a port.
func servedCertificate(t *testing.T, port int) string {
	t.Helper()
	conn, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // only reads the certificate
	require.NoError(t, err)
	defer conn.Close()
	return string(conn.ConnectionState().PeerCertificates[0].Raw)
}

// foundPorts are those that freePort has returned, at which nobody may listen yet.
var foundPorts sync.Map

// freePort returns a port that nothing listens at, and that no other test has been given.
func freePort(t *testing.T) int {
	t.Helper()
	for {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close() // not before another one is found
		port := listener.Addr().(*net.TCPAddr).Port
		if _, again := foundPorts.LoadOrStore(port, true); !again {
			return port
		}
	}
}
