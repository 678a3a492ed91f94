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

// Bounds of a connection to the webhook server. Anybody who reaches its port may open
// one; the API server gives up on a request after the five seconds that the webhook
// configurations say.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 30 * time.Second
	// idleTimeout is longer than the 90 seconds after which Go's clients, the API server
	// among them, close an idle connection, so that none is closed under a request.
	idleTimeout = 2 * time.Minute
	// maxHeaderBytes is some ten times what the API server sends.
	maxHeaderBytes = 16 << 10
)

// A webhookServer is controller-runtime's webhook server on an http.Server with bounds,
// of which that one has no option. Its connections end, one by one, while the manager
// drains: each after its next answer, so that no request is lost.
type webhookServer struct {
	webhook.Server
	mux     *http.ServeMux
	address string
	tls     *tls.Config
	drain   *drain
	serving atomic.Bool
}

// newWebhookServer returns a server for an address, not yet started.
func newWebhookServer(address string, config *tls.Config, d *drain) *webhookServer {
	mux := http.NewServeMux()
	return &webhookServer{
		Server: webhook.NewServer(webhook.Options{WebhookMux: mux}),
		mux:    mux, address: address, tls: config, drain: d,
	}
}

// Register implements webhook.Server.
func (s *webhookServer) Register(path string, hook http.Handler) {
	s.Server.Register(path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.drain.begun.Load() {
			w.Header().Set("Connection", "close")
		}
		hook.ServeHTTP(w, r)
	}))
}

// Start implements webhook.Server: it serves until ctx ends, and then waits for the
// requests that are being answered, for as long as stopGrace.
func (s *webhookServer) Start(ctx context.Context) error {
	listener, err := tls.Listen("tcp", s.address, s.tls)
	if err != nil {
		return fmt.Errorf("listening for the webhooks: %w", err)
	}
	server := &http.Server{
		Handler:           s.mux,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(connectionLog{}, "", 0),
	}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.Background(), stopGrace)
		defer cancel()
		stopped <- server.Shutdown(grace)
	})
	s.serving.Store(true)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the webhooks: %w", err)
	}
	return <-stopped
}

// StartedChecker implements webhook.Server: the check passes once a handshake with the
// server succeeds, which takes a certificate.
func (s *webhookServer) StartedChecker() healthz.Checker {
	return func(r *http.Request) error {
		if !s.serving.Load() {
			return errors.New("the webhook server has not been started yet")
		}
		dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // only whether it answers
		conn, err := dialer.DialContext(r.Context(), "tcp", s.address)
		if err != nil {
			return fmt.Errorf("reaching the webhook server: %w", err)
		}
		return conn.Close()
	}
}

// A connectionLog takes what an http.Server says of its connections, such as failed
// handshakes, which anybody can bring about as often as they like. Only panics of
// handlers are the operator's own.
type connectionLog struct{}

// Write implements io.Writer.
func (connectionLog) Write(line []byte) (int, error) {
	logger, text := ctrl.Log.WithName("webhook-server"), strings.TrimSpace(string(line))
	if strings.HasPrefix(text, "http: panic serving") {
		logger.Error(nil, text)
	} else {
		logger.V(1).Info(text)
	}
	return len(line), nil
}
