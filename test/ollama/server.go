// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Version is the version that servers report.
const Version = "0.32.15"

// maxBody bounds the bodies of requests.
const maxBody = 64 << 10

// A Server is an http.Handler that behaves like an Ollama server. The exported fields must not be
// changed once it serves.
type Server struct {
	// Name identifies the server in the Log.
	Name     string
	Registry *Registry
	Volume   *Volume
	Log      *Log
	// Tick is the time between two lines of progress.
	Tick time.Duration

	mu        sync.Mutex
	downloads map[string]*download // by digest
	started   int
	faults    map[Kind]Fault
}

// NewServer returns a server with an empty Volume and a Log of its own.
func NewServer(registry *Registry) *Server {
	return &Server{Registry: registry, Volume: NewVolume(), Log: &Log{}, Tick: 60 * time.Millisecond}
}

// route is a handler of requests of a kind. The model is that of the body, "" without one.
type route struct {
	kind   Kind
	handle func(s *Server, w http.ResponseWriter, r *http.Request, body body)
}

// A body is the body of a request.
type body struct {
	Model string `json:"model"`
	Name  string `json:"name"`
	// Source and Destination are those of a copy.
	Source      string `json:"source"`
	Destination string `json:"destination"`
	// Insecure asks for plain HTTP.
	Insecure bool `json:"insecure"`
}

var routes = map[string]route{
	"GET /api/tags":      {KindList, (*Server).list},
	"POST /api/pull":     {KindPull, (*Server).pull},
	"DELETE /api/delete": {KindDelete, (*Server).delete},
	"POST /api/copy":     {KindCopy, (*Server).copy},
	"POST /api/show":     {KindShow, (*Server).show},
	"GET /api/version":   {KindVersion, (*Server).version},
	"GET /":              {KindOther, (*Server).root},
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	matched, found := routes[method+" "+r.URL.Path]
	if !found {
		s.Log.add(Request{Server: s.Name, Kind: KindOther})
		http.Error(w, "404 page not found", http.StatusNotFound)
		return
	}
	var in body
	err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&in)
	in.Model = cmp.Or(in.Model, in.Name, in.Source)
	s.Log.add(Request{Server: s.Name, Kind: matched.kind, Model: in.Model})
	switch {
	case s.fail(w, r, matched.kind):
	case method == http.MethodGet:
		matched.handle(s, w, r, body{})
	case errors.Is(err, io.EOF):
		writeError(w, http.StatusBadRequest, "missing request body")
	case err != nil:
		writeError(w, http.StatusBadRequest, err.Error())
	default:
		matched.handle(s, w, r, in)
	}
}

// Started returns how many downloads of layers have been started.
func (s *Server) Started() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.started
}

// Running returns how many downloads of layers are running.
func (s *Server) Running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.downloads)
}

// Put stores a model of the registry without a download. It reports whether the registry has it.
func (s *Server) Put(name string) bool {
	name, valid := normalize(name)
	entry := s.Registry.entry(name)
	if !valid || len(entry.Layers) == 0 {
		return false
	}
	for _, layer := range entry.Layers {
		if err := s.Volume.write(layer, layer.Size); err != nil {
			return false
		}
	}
	s.Volume.put(name, entry)
	return true
}

type listed struct {
	Name       string    `json:"name"`
	Model      string    `json:"model"`
	ModifiedAt time.Time `json:"modified_at"`
	Size       int64     `json:"size"`
	Digest     string    `json:"digest"`
	Details    struct{}  `json:"details"`
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request, _ body) {
	all := s.Volume.list()
	models := make([]listed, 0, len(all))
	for _, model := range all {
		models = append(models, listed{model.name, model.name, model.modified, model.entry.size(), model.entry.digest(), struct{}{}})
	}
	writeJSON(w, http.StatusOK, map[string]any{"models": models})
}

func (s *Server) delete(w http.ResponseWriter, _ *http.Request, in body) {
	name, valid := normalize(in.Model)
	switch {
	case !valid:
		writeError(w, http.StatusBadRequest, fmt.Sprintf("name %q is invalid", in.Model))
	case !s.Volume.Delete(name):
		writeError(w, http.StatusNotFound, fmt.Sprintf("model '%s' not found", in.Model))
	}
}

func (s *Server) copy(w http.ResponseWriter, _ *http.Request, in body) {
	name, valid := normalize(in.Destination)
	switch {
	case !valid:
		writeError(w, http.StatusBadRequest, fmt.Sprintf("destination %q is invalid", in.Destination))
	case !s.Volume.copy(in.Source, name):
		writeError(w, http.StatusNotFound, fmt.Sprintf("model %q not found", in.Source))
	}
}

func (s *Server) show(w http.ResponseWriter, _ *http.Request, in body) {
	if !s.Volume.has(in.Model) {
		writeError(w, http.StatusNotFound, fmt.Sprintf("model '%s' not found", in.Model))
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"details": struct{}{}, "model_info": struct{}{}})
}

func (s *Server) version(w http.ResponseWriter, _ *http.Request, _ body) {
	writeJSON(w, http.StatusOK, map[string]string{"version": Version})
}

func (s *Server) root(w http.ResponseWriter, _ *http.Request, _ body) {
	_, _ = io.WriteString(w, "Ollama is running") // the client may have left
}

func writeError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, map[string]string{"error": text})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have left
}
