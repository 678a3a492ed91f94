// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command openwebui stands in for Open WebUI: it refuses to start where the original fails or would
// lose data, and serves the original's health and its way to Ollama. With an external database it also
// has accounts, sessions and events, which its instances share as those of the original do.
//
// Source: open-webui/open-webui, backend/start.sh, Dockerfile and backend/open_webui/env.py.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/geeper-io/llm-operator/test/node/doubles/serve"
)

// Paths of the original.
const (
	dataDir     = "/app/backend/data"
	staticDir   = "/app/backend/open_webui/static"
	packageFile = "/app/package.json"
)

func main() {
	log.SetFlags(0)
	instance, err := start(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	serve.Until("0.0.0.0:"+port, instance.handler(), instance.events.end)
}

// An instance is a running Open WebUI.
type instance struct {
	ollama *url.URL
	// accounts are nil without an external database.
	accounts *accounts
	events   *events
}

// start does what the original does before it listens. That Ollama is away is not an error.
func start(ctx context.Context) (*instance, error) {
	if os.Getenv("WEBUI_SECRET_KEY") == "" {
		return nil, errors.New("WEBUI_SECRET_KEY is not set: each pod would have another key, and end all sessions")
	}
	for _, file := range []string{"cache/embedding/model.bin", "cache/whisper/model.bin"} {
		if _, err := os.Stat(filepath.Join(dataDir, file)); err != nil {
			return nil, fmt.Errorf("the model has to be downloaded from huggingface.co: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(staticDir, "loader.js"), nil, 0o600); err != nil {
		return nil, fmt.Errorf("rewriting the static files: %w", err)
	}
	ollama, err := url.Parse(os.Getenv("OLLAMA_BASE_URL"))
	if err != nil {
		return nil, fmt.Errorf("reading OLLAMA_BASE_URL: %w", err)
	}
	i := &instance{ollama: ollama, events: newEvents()}
	if os.Getenv("DATABASE_URL") == "" {
		return i, writeLocalDatabase()
	}
	return i, i.connect(ctx)
}

// writeLocalDatabase appends a line to a file in the place of the SQLite database.
func writeLocalDatabase() error {
	db, err := os.OpenFile(filepath.Join(dataDir, "webui.db"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	defer db.Close()
	if _, err := fmt.Fprintln(db, "started", time.Now().UTC().Format(time.RFC3339)); err != nil {
		return fmt.Errorf("writing the database: %w", err)
	}
	return nil
}

// connect uses what the instances share.
func (i *instance) connect(ctx context.Context) error {
	version, err := readVersion()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, os.Getenv("DATABASE_URL"), version)
	if err != nil {
		return err
	}
	server, err := openRedis(ctx, os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	i.accounts = &accounts{db: db.pool, redis: server, key: []byte(os.Getenv("WEBUI_SECRET_KEY"))}
	if os.Getenv("WEBSOCKET_MANAGER") != "redis" {
		return nil
	}
	address := os.Getenv("WEBSOCKET_REDIS_URL")
	if address == "" {
		address = os.Getenv("REDIS_URL")
	}
	if address == "" {
		return errors.New("WEBSOCKET_MANAGER is redis, but no WEBSOCKET_REDIS_URL is set")
	}
	sockets, err := openRedis(ctx, address)
	if err != nil {
		return err
	}
	return i.events.connect(ctx, sockets)
}

// readVersion returns the version of the image.
//
// Source: open-webui/open-webui, backend/open_webui/env.py (PACKAGE_DATA).
func readVersion() (string, error) {
	data, err := os.ReadFile(packageFile)
	if err != nil {
		return "", fmt.Errorf("reading the version: %w", err)
	}
	var content struct{ Version string }
	if err := json.Unmarshal(data, &content); err != nil {
		return "", fmt.Errorf("reading the version: %w", err)
	}
	return content.Version, nil
}

func (i *instance) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, `{"status":true}`)
	})
	// The original wants a user to be logged in.
	mux.Handle("/ollama/", http.StripPrefix("/ollama", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(i.ollama) },
	}))
	if i.accounts != nil {
		i.accounts.register(mux)
		i.events.register(mux, i.accounts)
	}
	return mux
}
