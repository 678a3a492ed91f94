// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package tunnel has what proxies of tests do for the method CONNECT.
package tunnel

import (
	"io"
	"net"
	"net/http"
)

// Serve connects the client of a request with the connection that dial returns, until either side closes. It
// answers with status 502 if there is none.
func Serve(w http.ResponseWriter, dial func() (net.Conn, error)) {
	server, err := dial()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(server, buffered) // either side may have gone
		if half, ok := server.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}()
	_, _ = io.Copy(client, server)
}
