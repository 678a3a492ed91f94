// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// control executes a request of a Control.
func (s *Simulation) control(w http.ResponseWriter, r *http.Request) {
	var request controlRequest
	if r.URL.Path != controlPath || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxControl)).Decode(&request); err != nil {
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	writeJSON(w, http.StatusOK, s.execute(request))
}

func (s *Simulation) execute(request controlRequest) controlResponse {
	switch request.Operation {
	case opAddModel:
		s.Registry.Add(request.Model, request.Size)
		return controlResponse{}
	case opCounts:
		return controlResponse{Counts: s.Log.Counts()}
	default:
		return s.executeOn(request)
	}
}

// executeOn executes an operation on the server of a pod.
func (s *Simulation) executeOn(request controlRequest) controlResponse {
	server, _ := s.server(request.Address)
	if server == nil {
		return controlResponse{Error: fmt.Sprintf("there is no pod with the address %q", request.Address)}
	}
	switch request.Operation {
	case opModels:
		return controlResponse{Models: server.Volume.Models()}
	case opInject:
		server.Inject(request.Kind, request.Fault)
		return controlResponse{}
	case opHangUp:
		s.HangUp(request.Address)
		return controlResponse{}
	case opDelete:
		if !server.Volume.Delete(request.Model) {
			return controlResponse{Error: "the model is not there"}
		}
		return controlResponse{}
	default:
		return controlResponse{Error: "there is no such operation"}
	}
}
