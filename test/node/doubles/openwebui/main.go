// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command openwebui stands in for Open WebUI: it refuses to start where the original fails or would
// lose data, and serves the original's health and its way to Ollama.
//
// Source: open-webui/open-webui, backend/start.sh, Dockerfile and backend/open_webui/env.py.
package main

import (
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

// Directories of the original.
const (
	dataDir   = "/app/backend/data"
	staticDir = "/app/backend/open_webui/static"
)

func main() {
	log.SetFlags(0)
	ollama, err := start()
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, `{"status":true}`)
	})
	// The original wants a user to be logged in.
	mux.Handle("/ollama/", http.StripPrefix("/ollama", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(ollama) },
	}))
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	serve.Until("0.0.0.0:"+port, mux)
}

// start does what the original does before it listens, and returns the URL of Ollama. That Ollama is
// away is not an error.
func start() (*url.URL, error) {
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
	db, err := os.OpenFile(filepath.Join(dataDir, "webui.db"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	defer db.Close()
	if _, err := fmt.Fprintln(db, "started", time.Now().UTC().Format(time.RFC3339)); err != nil {
		return nil, fmt.Errorf("writing the database: %w", err)
	}
	return url.Parse(os.Getenv("OLLAMA_BASE_URL"))
}
