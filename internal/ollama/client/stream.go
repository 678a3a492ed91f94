// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// Progress is how far a pull is.
type Progress struct {
	// Status is Ollama's text, such as "pulling 8934d96d3f08".
	Status string
	// Completed and Total are bytes of all layers that Ollama has announced. Total grows, because Ollama
	// announces a layer when it starts to pull it.
	Completed, Total int64
}

// A stream decodes the lines of the answer to a pull.
type stream struct {
	progress Progress
	status   string // as sent
	layers   map[string]layer
	done     bool
}

type layer struct{ completed, total int64 }

// An event is what a line says.
type event struct {
	changed    bool // there is progress
	layerEnded bool
	done       bool
}

// A streamLine is a line of the answer.
type streamLine struct {
	Status    string  `json:"status"`
	Digest    string  `json:"digest"`
	Total     int64   `json:"total"`
	Completed int64   `json:"completed"`
	Error     *string `json:"error"`
}

// next decodes a line.
func (s *stream) next(data []byte) (event, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return event{}, nil
	}
	var l streamLine
	if err := json.Unmarshal(data, &l); err != nil {
		return event{}, newError(Protocol, "a line of the answer is not Ollama's: "+err.Error())
	}
	if l.Error != nil {
		return event{}, newError(reasonOfText(*l.Error), *l.Error)
	}
	if len(l.Digest) > maxDigest {
		return event{}, newError(Protocol, fmt.Sprintf("a digest is longer than %d bytes", maxDigest))
	}
	e := event{changed: l.Status != s.status}
	s.status = l.Status
	s.progress.Status = clean(l.Status, maxStatus)
	if l.Digest != "" {
		changed, ended := s.setLayer(l)
		e.changed, e.layerEnded = e.changed || changed, ended
	}
	if len(s.layers) > maxLayers {
		return event{}, newError(Protocol, fmt.Sprintf("the model has more than %d layers", maxLayers))
	}
	s.done = l.Status == "success"
	e.done = s.done
	return e, nil
}

// setLayer stores the progress of a layer. It reports whether it changed, and whether the layer is now
// complete and was not before.
func (s *stream) setLayer(l streamLine) (changed, ended bool) {
	now := layer{total: max(l.Total, 0)}
	now.completed = min(max(l.Completed, 0), now.total)
	before, found := s.layers[l.Digest]
	if found && before == now {
		return false, false
	}
	if s.layers == nil {
		s.layers = map[string]layer{}
	}
	s.layers[l.Digest] = now
	s.progress.Completed, s.progress.Total = s.sum()
	return true, now.ended() && (!found || !before.ended())
}

func (l layer) ended() bool { return l.completed == l.total }

// sum returns the bytes of all layers.
func (s *stream) sum() (completed, total int64) {
	for _, l := range s.layers {
		completed, total = add(completed, l.completed), add(total, l.total)
	}
	return completed, total
}

// add adds numbers that are not negative; the largest integer stands for larger sums.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
