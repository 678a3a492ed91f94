// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama

import (
	"fmt"
	"time"
)

// A download is that of a layer, which several pulls may wait for.
type download struct {
	model     string
	waiting   int
	completed int64
	at        time.Time // when completed was right
}

// join starts the download of a layer where an earlier one was broken off, or joins the one that runs.
func (s *Server) join(model string, layer Layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	running := s.downloads[layer.Digest]
	if running == nil {
		if s.downloads == nil {
			s.downloads = map[string]*download{}
		}
		running = &download{model: model, completed: s.Volume.partial(layer.Digest), at: time.Now()}
		s.downloads[layer.Digest] = running
		s.started++
	}
	running.waiting++
}

// leave stops the download of a layer if no pull waits for it any more.
func (s *Server) leave(layer Layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	running := s.downloads[layer.Digest]
	if running.waiting--; running.waiting == 0 {
		delete(s.downloads, layer.Digest)
	}
}

// advance returns how many bytes of a layer are there by now.
func (s *Server) advance(layer Layer) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	running := s.downloads[layer.Digest]
	entry := s.Registry.entry(running.model)
	if entry.Away {
		return 0, fmt.Errorf("max retries exceeded: %w", entry.err(running.model))
	}
	if entry.NoSpace {
		return 0, errNoSpace
	}
	running.advance(entry.Rate, layer.Size)
	return running.completed, s.Volume.write(layer, running.completed)
}

// advance adds what has come since the last time at a rate.
func (d *download) advance(rate, size int64) {
	if rate == 0 {
		d.completed = size
		return
	}
	received := int64(float64(rate) * time.Since(d.at).Seconds())
	d.completed = min(d.completed+received, size)
	// A part of a byte counts the next time.
	d.at = d.at.Add(time.Duration(float64(received) / float64(rate) * float64(time.Second)))
}
