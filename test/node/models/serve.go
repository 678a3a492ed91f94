// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP serves what Ollama needs to pull a model, from both hosts.
//
// Source: ollama/ollama, server/images.go and server/download.go.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	// v2/library/llama2/manifests/7b, v2/library/llama2/blobs/sha256:..., data/sha256:...
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	switch {
	case len(parts) == 5 && parts[3] == "manifests":
		m := r.byName(strings.TrimPrefix(parts[1]+"/"+parts[2], "library/") + ":" + parts[4])
		r.answer(w, req, m, r.private(serveManifest))
	case len(parts) == 5 && parts[3] == "blobs":
		r.answer(w, req, r.byBlob(parts[4]), r.private(r.serveBlob))
	case len(parts) == 2 && parts[0] == "data":
		m := r.byData(parts[1])
		r.answer(&slowWriter{w, r, m, req}, req, m, serveData)
	case len(parts) == 1 && parts[0] == "token":
		serveToken(w, req)
	default:
		http.NotFound(w, req)
	}
}

// answer serves something of a model as its mode says. The model may be nil.
func (r *Registry) answer(w http.ResponseWriter, req *http.Request, m *model, serve func(http.ResponseWriter, *http.Request, *model)) {
	if m == nil {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`) // the client has gone
		return
	}
	switch mode, _ := r.state(m); mode {
	case Away:
		panic(http.ErrAbortHandler)
	case Broken:
		http.Error(w, "internal error", http.StatusInternalServerError)
	case Up:
		serve(w, req, m)
	}
}

func serveManifest(w http.ResponseWriter, _ *http.Request, m *model) {
	w.Header().Set("Content-Type", "application/vnd.docker.distribution.manifest.v2+json")
	_, _ = w.Write(m.manifest) // the client has gone
}

// serveBlob redirects to the other host: on the same one the client would follow by itself, and then
// miss the Location that it expects. It takes the Location of an answer without a redirect, too.
func (r *Registry) serveBlob(w http.ResponseWriter, req *http.Request, m *model) {
	digest := path.Base(req.URL.Path)
	if req.Method == http.MethodHead {
		w.Header().Set("Content-Length", strconv.Itoa(len(m.blobs[digest])))
		return
	}
	if r.BlobURL != "" {
		w.Header().Set("Location", r.BlobURL+"/data/"+digest)
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Location", "https://"+BlobHost+"/data/"+digest)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

func serveData(w http.ResponseWriter, req *http.Request, m *model) {
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(m.blobs[path.Base(req.URL.Path)]))
}

// A slowWriter keeps to a model's rate and mode. It does not have the ReadFrom of the writer in it,
// which would pass them by.
type slowWriter struct {
	http.ResponseWriter
	registry *Registry
	model    *model
	request  *http.Request
}

// interval is the time between two writes of a slowWriter.
const interval = 100 * time.Millisecond

func (w *slowWriter) Write(data []byte) (written int, err error) {
	for len(data) > 0 {
		mode, rate := w.registry.state(w.model)
		if mode != Up {
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
