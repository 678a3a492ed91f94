// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

// Limits of connections to the webhook server, which every client that reaches its port can open.
// The API server gives up on a request after five seconds, the timeout in the webhook
// configurations.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 30 * time.Second
	// idleTimeout exceeds the 90 seconds after which Go clients such as the API server close
	// idle connections, so that the server never closes one that a request is being sent on.
	idleTimeout = 2 * time.Minute
	// maxHeaderBytes allows about ten times as much as the API server sends.
	maxHeaderBytes = 16 << 10
)

// A webhookServer is controller-runtime's webhook server with an http.Server that limits
// connections, which controller-runtime has no options for. During the shutdown delay it closes
// each connection after its next response, so that no request is lost.
type webhookServer struct {
	webhook.Server
	mux      *http.ServeMux
	address  string
	tls      *tls.Config
	shutdown *shutdownDelay
	started  atomic.Bool
}

// newWebhookServer returns a server that will bind to the address when it is started.
func newWebhookServer(address string, config *tls.Config, shutdown *shutdownDelay) *webhookServer {
	mux := http.NewServeMux()
	return &webhookServer{
		Server: webhook.NewServer(webhook.Options{WebhookMux: mux}),
		mux:    mux, address: address, tls: config, shutdown: shutdown,
	}
}

// Register implements webhook.Server.
func (s *webhookServer) Register(path string, hook http.Handler) {
	s.Server.Register(path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.shutdown.started.Load() {
			w.Header().Set("Connection", "close")
		}
		hook.ServeHTTP(w, r)
	}))
}

// Start implements webhook.Server. It serves until ctx ends, and then waits for active requests
// for up to gracefulShutdownTimeout.
func (s *webhookServer) Start(ctx context.Context) error {
	listener, err := tls.Listen("tcp", s.address, s.tls)
	if err != nil {
		return fmt.Errorf("listening for webhook requests: %w", err)
	}
	server := &http.Server{
		Handler:           s.mux,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(connectionLogger{}, "", 0),
	}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		shutdownCtx, cancel := context.WithTimeout(context.Background(), gracefulShutdownTimeout)
		defer cancel()
		stopped <- server.Shutdown(shutdownCtx)
	})
	s.started.Store(true)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving webhooks: %w", err)
	}
	return <-stopped
}

// StartedChecker implements webhook.Server. The check passes once a TLS handshake with the server
// succeeds, which requires a certificate.
func (s *webhookServer) StartedChecker() healthz.Checker {
	return func(r *http.Request) error {
		if !s.started.Load() {
			return errors.New("the webhook server has not been started yet")
		}
		dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // only tests the handshake
		conn, err := dialer.DialContext(r.Context(), "tcp", s.address)
		if err != nil {
			return fmt.Errorf("connecting to the webhook server: %w", err)
		}
		return conn.Close()
	}
}

// A connectionLogger writes the error log of an http.Server. Errors of connections, such as failed
// handshakes, are debug messages, because any client can cause any number of them. Panics of
// handlers are errors.
type connectionLogger struct{}

// Write implements io.Writer.
func (connectionLogger) Write(line []byte) (int, error) {
	logger, text := ctrl.Log.WithName("webhook-server"), strings.TrimSpace(string(line))
	if strings.HasPrefix(text, "http: panic serving") {
		logger.Error(nil, text)
	} else {
		logger.V(1).Info(text)
	}
	return len(line), nil
}
