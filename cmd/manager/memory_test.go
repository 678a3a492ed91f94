// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTuning(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		gogc  string
		limit int64
		want  memoryTuning
	}{
		"no limit":                  {"", math.MaxInt64, memoryTuning{gcPercent: 18, ballast: 60 << 20, limit: math.MaxInt64}},
		"no room for ballast":       {"", 239 << 20, memoryTuning{gcPercent: 30, limit: (239 << 20) / 10 * 9}},
		"room for ballast":          {"", 512 << 20, memoryTuning{gcPercent: 18, ballast: 60 << 20, limit: (512 << 20) / 10 * 9}},
		"GOGC":                      {"100", math.MaxInt64, memoryTuning{limit: math.MaxInt64}},
		"GOGC is off, with a limit": {"off", 1000, memoryTuning{limit: 900}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, tuning(tc.gogc, tc.limit))
		})
	}
}
