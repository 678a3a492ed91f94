// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	certutil "k8s.io/client-go/util/cert"
)

// patience is how long to wait for the server.
const patience = readTimeout + 10*time.Second

// startWebhookServer starts a server with the handler at /hook and returns its address. The server
// stops when the test ends or stop is called, which returns the error of Start.
func startWebhookServer(t *testing.T, handler http.Handler) (address string, stop func() error) {
	t.Helper()
	dir := t.TempDir()
	cert, key, err := certutil.GenerateSelfSignedCertKey("localhost", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.key"), key, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.crt"), cert, 0o600))
	certificate, err := newServingCertificate(options{certDir: dir, certificateSource: sourceFiles})
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address = listener.Addr().String()
	require.NoError(t, listener.Close())

	server := newWebhookServer(address, certificate.tlsConfig(), &shutdownDelay{})
	server.Register("/hook", handler)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Start(ctx) }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil)
	require.NoError(t, err)
	require.Error(t, server.StartedChecker()(request.WithContext(canceled())))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.NoError(c, server.StartedChecker()(request))
	}, patience, 10*time.Millisecond)
	t.Cleanup(cancel)
	return address, func() error {
		cancel()
		return <-ended
	}
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestTimeout)
		return
	}
	_, _ = w.Write(body)
}

func connect(t *testing.T, address string, config *tls.Config) *tls.Conn {
	t.Helper()
	config.InsecureSkipVerify = true
	conn, err := tls.Dial("tcp", address, config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return conn
}

func TestServerClosesIncompleteRequests(t *testing.T) {
	t.Parallel()
	address, _ := startWebhookServer(t, http.HandlerFunc(echo))
	conns := map[string]*tls.Conn{}
	for name, sent := range map[string]string{
		"nothing sent":            "",
		"incomplete header":       "POST /hook HTTP/1.1\r\nHost: a\r\n",
		"incomplete body":         "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
		"body of an unknown path": "POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
		"incomplete chunk":        "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
	} {
		conns[name] = connect(t, address, &tls.Config{})
		_, err := io.WriteString(conns[name], sent)
		require.NoError(t, err)
	}
	for name, conn := range conns {
		_, err := io.Copy(io.Discard, conn)
		assert.NoError(t, err, "%s: the connection is still open", name)
	}
}

func TestServerHeaderLimit(t *testing.T) {
	t.Parallel()
	address, _ := startWebhookServer(t, http.HandlerFunc(echo))
	for size, code := range map[int]int{8 << 10: http.StatusOK, 100 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		conn := connect(t, address, &tls.Config{})
		_, err := fmt.Fprintf(conn, "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: 2\r\n\r\n{}", strings.Repeat("a", size))
		require.NoError(t, err)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		assert.Equal(t, code, response.StatusCode, size)
		require.NoError(t, response.Body.Close())
	}
}

// The server accepts cipher suites with authenticated encryption only.
func TestServerCipherSuites(t *testing.T) {
	t.Parallel()
	address, _ := startWebhookServer(t, http.HandlerFunc(echo))
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		aead := strings.Contains(suite.Name, "ECDHE_ECDSA") || strings.Contains(suite.Name, "ECDHE_RSA")
		aead = aead && (strings.Contains(suite.Name, "GCM") || strings.Contains(suite.Name, "CHACHA20"))
		conn, err := tls.Dial("tcp", address, &tls.Config{
			InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}, //nolint:gosec // offers what the server has to reject
		})
		if err == nil {
			assert.True(t, aead, suite.Name)
			require.NoError(t, conn.Close())
		}
	}
	for _, suite := range cipherSuites[:2] {
		assert.True(t, strings.HasSuffix(tls.CipherSuiteName(suite), "_GCM_SHA256"))
	}
	_, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}) //nolint:gosec // offers what the server has to reject
	require.Error(t, err)
	version := connect(t, address, &tls.Config{}).ConnectionState().Version
	assert.EqualValues(t, tls.VersionTLS13, version)
	tls12 := &tls.Config{MaxVersion: tls.VersionTLS12} //nolint:gosec // the lowest version that is allowed
	version = connect(t, address, tls12).ConnectionState().Version
	assert.EqualValues(t, tls.VersionTLS12, version)
}

// Active requests are completed when the server stops.
func TestServerGracefulShutdown(t *testing.T) {
	t.Parallel()
	entered, proceed := make(chan struct{}), make(chan struct{})
	address, stop := startWebhookServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-proceed
		if r.Context().Err() == nil {
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	conn := connect(t, address, &tls.Config{})
	_, err := io.WriteString(conn, "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
	require.NoError(t, err)
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	require.Eventually(t, func() bool {
		other, err := net.Dial("tcp", address)
		if err == nil {
			_ = other.Close()
		}
		return err != nil
	}, patience, 10*time.Millisecond, "the server still accepts connections")
	close(proceed)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	assert.NoError(t, <-stopped)
}
