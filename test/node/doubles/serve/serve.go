// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package serve serves HTTP as the doubles' originals do.
package serve

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

// Until serves on an address until SIGTERM, answers what has been asked, and ends the program. It ends
// it with 1 if the address cannot be listened on. Before it waits for the answers, it calls what ends those
// that would last for ever.
//
// Source: encode/uvicorn, uvicorn/server.py (shutdown), by which Open WebUI is served.
func Until(address string, handler http.Handler, end ...func()) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: time.Minute}
	for _, f := range end {
		server.RegisterOnShutdown(f)
	}
	go func() {
		log.Printf("listening on http://%s", address)
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()
	log.Print("shutting down")
	if err := server.Shutdown(context.Background()); err != nil {
		log.Print(err)
	}
}
