// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// No namespace takes all slots, and each gets one as long as one is free.
func TestSlots(t *testing.T) {
	t.Parallel()
	slots := NewSlots(8)
	takeAll := func(namespace string) (taken int) {
		for slots.take(namespace) {
			taken++
		}
		return taken
	}
	assert.Equal(t, 4, takeAll("one"))
	assert.Equal(t, 2, takeAll("two"))
	assert.Equal(t, 1, takeAll("three"))
	assert.Equal(t, 1, takeAll("four"))
	assert.Zero(t, takeAll("five"))
	slots.giveBack("one")
	assert.Equal(t, 1, takeAll("five"))
	for namespace, taken := range map[string]int{"one": 3, "two": 2, "three": 1, "four": 1, "five": 1} {
		for range taken {
			slots.giveBack(namespace)
		}
	}
	assert.Empty(t, slots.taken)
	assert.Equal(t, 4, takeAll("two"))
}
