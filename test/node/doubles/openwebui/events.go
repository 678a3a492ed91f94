// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// channel is what the instances publish events to. The original's has no prefix.
//
// Source: miguelgrinberg/python-socketio, src/socketio/async_redis_manager.py.
const channel = "socketio"

// revokedKey returns Redis' key of a session that was ended.
//
// Source: open-webui/open-webui, backend/open_webui/utils/auth.py (invalidate_token).
func revokedKey(token string) string {
	prefix := os.Getenv("REDIS_KEY_PREFIX")
	if prefix == "" {
		prefix = "open-webui"
	}
	return prefix + ":auth:token:" + token + ":revoked"
}

// openRedis connects to Redis. Without a URL it returns nil.
func openRedis(ctx context.Context, address string) (*redis.Client, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("reading the URL of Redis: %w", err)
	}
	client := redis.NewClient(options)
	if err := client.Ping(ctx).Err(); err != nil {
		return nil, fmt.Errorf("connecting to Redis: %w", err)
	}
	return client, nil
}

// events are what the original tells browsers through websockets, and the double in an answer that goes on.
// Without Redis, only those hear them who are connected to the same instance.
//
// Source: open-webui/open-webui, backend/open_webui/socket/main.py.
type events struct {
	redis *redis.Client // or nil
	ended chan struct{}

	mu        sync.Mutex
	listeners map[chan string]struct{}
}

func newEvents() *events {
	return &events{ended: make(chan struct{}), listeners: map[chan string]struct{}{}}
}

// connect shares the events with all instances.
func (e *events) connect(ctx context.Context, client *redis.Client) error {
	subscription := client.Subscribe(ctx, channel)
	if _, err := subscription.Receive(ctx); err != nil {
		return fmt.Errorf("subscribing to Redis: %w", err)
	}
	e.redis = client
	go func() {
		for message := range subscription.Channel() {
			e.deliver(message.Payload)
		}
	}()
	return nil
}

// end ends the answers of all who listen, as the original closes websockets when it stops.
func (e *events) end() { close(e.ended) }

func (e *events) register(mux *http.ServeMux, accounts *accounts) {
	mux.HandleFunc("GET /ws/events", func(w http.ResponseWriter, r *http.Request) {
		if email, _ := accounts.session(w, r); email != "" {
			e.listen(w, r)
		}
	})
	mux.HandleFunc("POST /ws/events", func(w http.ResponseWriter, r *http.Request) {
		if email, _ := accounts.session(w, r); email != "" {
			e.publish(w, r)
		}
	})
}

// listen answers with a line for each event.
func (e *events) listen(w http.ResponseWriter, r *http.Request) {
	listener := make(chan string, 16)
	e.mu.Lock()
	e.listeners[listener] = struct{}{}
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.listeners, listener)
	}()
	for line := "connected"; ; {
		fmt.Fprintln(w, line)
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case line = <-listener:
		case <-e.ended:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (e *events) publish(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	event := strings.ReplaceAll(string(text), "\n", " ")
	if e.redis == nil {
		e.deliver(event)
		return
	}
	if err := e.redis.Publish(r.Context(), channel, event).Err(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// deliver passes an event on to all who listen here and keep up.
func (e *events) deliver(event string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for listener := range e.listeners {
		select {
		case listener <- event:
		default:
		}
	}
}
