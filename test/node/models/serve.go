// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Listener returns a listener for TLS that resets connections while the registry refuses them.
func (r *Registry) Listener(inner net.Listener, certificate tls.Certificate) net.Listener {
	return tls.NewListener(listener{inner, r}, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12,
	})
}

type listener struct {
	net.Listener
	registry *Registry
}

func (l listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if mode, _ := l.registry.state(); mode != Refuse {
			return conn, nil
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // resets the connection; nothing depends on it
		}
		_ = conn.Close() // nothing was written
	}
}

// ServeHTTP serves what Ollama needs to pull a model, from both hosts.
//
// Source: ollama/ollama, server/images.go and server/download.go.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.record(req)
	switch mode, _ := r.state(); mode {
	case Refuse:
		panic(http.ErrAbortHandler) // a connection from before
	case Broken:
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	case Hang:
		<-req.Context().Done()
		return
	}
	// v2/library/llama2/manifests/7b, v2/library/llama2/blobs/sha256:..., data/sha256:...
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	switch {
	case len(parts) == 5 && parts[3] == "manifests":
		r.serveManifest(w, strings.TrimPrefix(parts[1]+"/"+parts[2], "library/")+":"+parts[4])
	case len(parts) == 5 && parts[3] == "blobs":
		r.serveBlob(w, req, parts[4])
	case len(parts) == 2 && parts[0] == "data":
		r.serveData(w, req, parts[1])
	default:
		http.NotFound(w, req)
	}
}

func (r *Registry) record(req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, Request{time.Now(), req.Method, req.URL.Path, req.Header.Get("Range")})
}

func (r *Registry) serveManifest(w http.ResponseWriter, name string) {
	manifest, ok := r.manifest(name)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.docker.distribution.manifest.v2+json")
	_, _ = w.Write(manifest) // the client has gone
}

// serveBlob redirects to the other host: on the same one the client would follow by itself, and then
// miss the Location that it expects.
func (r *Registry) serveBlob(w http.ResponseWriter, req *http.Request, digest string) {
	blob, ok := r.blob(digest)
	switch {
	case !ok:
		http.NotFound(w, req)
	case req.Method == http.MethodHead:
		w.Header().Set("Content-Length", strconv.Itoa(len(blob)))
	default:
		w.Header().Set("Location", "https://"+BlobHost+"/data/"+digest)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

func (r *Registry) serveData(w http.ResponseWriter, req *http.Request, digest string) {
	blob, ok := r.blob(digest)
	if !ok {
		http.NotFound(w, req)
		return
	}
	http.ServeContent(&slowWriter{w, r, req}, req, "", time.Time{}, bytes.NewReader(blob))
}

// A slowWriter keeps to the registry's rate and mode. It does not have the ReadFrom of the writer in
// it, which would pass them by.
type slowWriter struct {
	http.ResponseWriter
	registry *Registry
	request  *http.Request
}

// interval is the time between two writes of a slowWriter.
const interval = 100 * time.Millisecond

func (w *slowWriter) Write(data []byte) (written int, err error) {
	for len(data) > 0 {
		mode, rate := w.registry.state()
		if mode == Refuse {
			panic(http.ErrAbortHandler)
		}
		n := len(data)
		if rate > 0 {
			n = min(n, max(rate/int(time.Second/interval), 1))
		}
		m, err := w.ResponseWriter.Write(data[:n])
		written += m
		if err != nil {
			return written, err
		}
		data = data[n:]
		if rate > 0 {
			if err := w.pause(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

func (w *slowWriter) pause() error {
	if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
		return err
	}
	select {
	case <-w.request.Context().Done():
		return w.request.Context().Err()
	case <-time.After(interval):
		return nil
	}
}
