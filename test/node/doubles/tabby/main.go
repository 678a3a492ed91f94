// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command tabby stands in for Tabby: it refuses to start where the original fails, and serves what
// needs no model.
//
// Source: TabbyML/tabby, crates/tabby/src/main.rs and serve.rs, crates/ollama-api-bindings.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/geeper-io/llm-operator/test/node/doubles/serve"
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 || os.Args[1] != "serve" {
		log.Fatal("error: 'tabby' requires a subcommand but one was not provided")
	}
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	host := flags.String("host", "0.0.0.0", "")
	port := flags.Int("port", 8080, "")
	device := flags.String("device", "cpu", "")
	_ = flags.Parse(os.Args[2:]) // exits
	if err := start(); err != nil {
		log.Fatal(err)
	}
	log.Printf("device %s, user %d", *device, os.Getuid())
	serve.Until(fmt.Sprintf("%s:%d", *host, *port), handler())
}

// start does what the original does before it listens.
func start() error {
	root := os.Getenv("TABBY_ROOT")
	if err := os.MkdirAll(root, 0o700); err != nil {
		return fmt.Errorf("creating TABBY_ROOT: %w", err)
	}
	if err := os.Chmod(root, 0o700); err != nil { //nolint:gosec // as the original
		return fmt.Errorf("changing the mode of TABBY_ROOT: %w", err)
	}
	models, err := readConfig(filepath.Join(root, "config.toml"))
	if err != nil {
		return err
	}
	if err := models.check(); err != nil {
		return err
	}
	if token, ok := os.LookupEnv("TABBY_WEBSERVER_JWT_TOKEN_SECRET"); ok && !uuid.MatchString(token) {
		return errors.New("JWT token secret is not standard uuid")
	}
	return touch(filepath.Join(root, "ee", "db.sqlite"))
}

func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("creating the directory of the database: %w", err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	return file.Close()
}

// handler serves metrics to all, and everything below /v1/ only with a token.
func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "# TYPE tabby_up gauge\ntabby_up 1")
	})
	for _, prefix := range []string{"/v1/", "/v1beta/"} {
		mux.HandleFunc(prefix, func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
				w.WriteHeader(http.StatusUnauthorized)
			}
		})
	}
	return mux
}
