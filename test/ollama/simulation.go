// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// Port is the port of Ollama in pods.
const Port = "11434"

// A Simulation is an HTTP proxy in front of pods that do not exist. It answers requests for
// http://<address of a pod>:11434/ with a Server for each pod, all others with status 502. Requests to
// the proxy itself are those of Control.
type Simulation struct {
	Registry *Registry
	Log      *Log

	mu      sync.Mutex
	pods    map[string]*pod // by address
	volumes map[string]*Volume
}

// A pod is a simulated pod. Its server is created at the first request.
type pod struct {
	Pod
	gone   context.Context
	remove context.CancelFunc
	server *Server
}

// A Pod is a pod of Ollama that runs.
type Pod struct {
	UID     string
	Address string
	// Volume identifies the volume with the models, which outlives the pod; "" means one of its own.
	Volume string
}

// NewSimulation returns a simulation without pods, whose registry follows NameRules.
func NewSimulation() *Simulation {
	return &Simulation{Registry: NewRegistry(NameRules), Log: &Log{}, pods: map[string]*pod{}, volumes: map[string]*Volume{}}
}

// SetPod adds a pod, unless it is there. It takes the place of another pod with its address.
func (s *Simulation) SetPod(p Pod) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.pods[p.Address]
	if before != nil {
		if before.Pod == p {
			return
		}
		before.remove()
	}
	gone, remove := context.WithCancel(context.Background())
	s.pods[p.Address] = &pod{Pod: p, gone: gone, remove: remove}
}

// DeletePod forgets a pod, and cuts its connections.
func (s *Simulation) DeletePod(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for address, pod := range s.pods {
		if pod.UID == uid {
			pod.remove()
			delete(s.pods, address)
		}
	}
}

// HangUp cuts the connections of a pod, whose server goes on. It reports whether there is such a pod.
func (s *Simulation) HangUp(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	pod := s.pods[address]
	if pod == nil {
		return false
	}
	pod.remove()
	pod.gone, pod.remove = context.WithCancel(context.Background())
	return true
}

// DeleteVolume forgets the models of a volume.
func (s *Simulation) DeleteVolume(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.volumes, id)
}

// server returns the server of the pod with an address, nil if there is none.
func (s *Simulation) server(address string) (*Server, context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pod := s.pods[address]
	if pod == nil {
		return nil, nil
	}
	if pod.server == nil {
		pod.server = NewServer(s.Registry)
		pod.server.Name, pod.server.Log = address, s.Log
		if pod.Volume != "" {
			if s.volumes[pod.Volume] == nil {
				s.volumes[pod.Volume] = pod.server.Volume
			}
			pod.server.Volume = s.volumes[pod.Volume]
		}
	}
	return pod.server, pod.gone
}

// ServeHTTP answers a request through the proxy, or one of Control.
func (s *Simulation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !r.URL.IsAbs() && r.Method != http.MethodConnect {
		s.control(w, r)
		return
	}
	address, port, err := net.SplitHostPort(r.URL.Host)
	if err != nil || port != Port || r.URL.Scheme != "http" {
		http.Error(w, "only pods of Ollama are simulated", http.StatusBadGateway)
		return
	}
	server, gone := s.server(address)
	if server == nil {
		http.Error(w, "there is no pod with this address", http.StatusBadGateway)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(gone, cancel)()
	server.ServeHTTP(w, r.WithContext(ctx))
	if gone.Err() != nil {
		panic(http.ErrAbortHandler) // cuts the connection
	}
}
