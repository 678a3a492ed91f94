// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// A progress is a line of the answer to a pull.
type progress struct {
	Status    string `json:"status,omitempty"`
	Digest    string `json:"digest,omitempty"`
	Total     int64  `json:"total,omitempty"`
	Completed int64  `json:"completed,omitempty"`
	Error     string `json:"error,omitempty"`
}

// pull streams the progress of a pull. Errors come with status 200, because the first line is sent
// before anything can fail.
func (s *Server) pull(w http.ResponseWriter, r *http.Request, in body) {
	name, valid := normalize(in.Model)
	if !valid {
		writeError(w, http.StatusBadRequest, "invalid model name")
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	send := func(line progress) { writeLine(w, line) }
	if err := s.pullModel(r.Context(), name, in.Insecure, send); err != nil && r.Context().Err() == nil {
		send(progress{Error: err.Error()})
	}
}

func writeLine(w http.ResponseWriter, line progress) {
	_ = json.NewEncoder(w).Encode(line) // the context of the request is canceled if the client has left
	_ = http.NewResponseController(w).Flush()
}

func (s *Server) pullModel(ctx context.Context, name string, insecure bool, send func(progress)) error {
	send(progress{Status: "pulling manifest"})
	entry, err := s.Registry.manifest(name, insecure)
	if err != nil {
		return err
	}
	for _, layer := range entry.Layers {
		if err := s.pullLayer(ctx, name, layer, send); err != nil {
			return err
		}
	}
	send(progress{Status: "verifying sha256 digest"})
	send(progress{Status: "writing manifest"})
	s.Volume.put(name, entry)
	send(progress{Status: "success"})
	return nil
}

// pullLayer waits until a layer is there, and sends progress at each Tick.
func (s *Server) pullLayer(ctx context.Context, name string, layer Layer, send func(progress)) error {
	line := progress{Status: "pulling " + layer.Digest[7:19], Digest: layer.Digest, Total: layer.Size}
	if s.Volume.hasBlob(layer.Digest) {
		line.Completed = layer.Size
		send(line)
		return nil
	}
	s.join(name, layer)
	defer s.leave(layer)
	ticker := time.NewTicker(s.Tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		completed, err := s.advance(layer)
		if err != nil {
			return err
		}
		line.Completed = completed
		send(line)
		if completed == layer.Size {
			return nil
		}
	}
}
