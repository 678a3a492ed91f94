// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import "sync"

// Slots limit how many models are pulled at a time. A namespace may take one as long as it has fewer than are
// free, which is half of all if it is alone: however many pulls it keeps running, others can start theirs.
type Slots struct {
	mutex sync.Mutex
	free  int
	taken map[string]int // by namespace
}

// NewSlots returns so many slots.
func NewSlots(number int) *Slots { return &Slots{free: number, taken: map[string]int{}} }

// take takes a slot for a namespace, and reports whether it may.
func (s *Slots) take(namespace string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.taken[namespace] >= s.free {
		return false
	}
	s.taken[namespace]++
	s.free--
	return true
}

// giveBack ends the use of a slot.
func (s *Slots) giveBack(namespace string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.free++
	if s.taken[namespace]--; s.taken[namespace] == 0 {
		delete(s.taken, namespace)
	}
}
