// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A server may report any size.
func TestSizeOf(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{
		0: "0", 1: "1M", 1_000_000: "1M", 1_000_001: "2M", -1: "0", math.MaxInt64: "9223372036855M",
	} {
		assert.Equal(t, want, sizeOf(bytes).String(), bytes)
	}
}

// The progress of a pull that runs is between 0 and 99 percent.
func TestPercentOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		completed, total, want int64
	}{
		"nothing":          {0, 1000, 0},
		"rounded down":     {439, 1000, 43},
		"all":              {1000, 1000, 99},
		"more than all":    {2000, 1000, 99},
		"half of the most": {math.MaxInt64 / 2, math.MaxInt64, 50},
		"the most":         {math.MaxInt64, math.MaxInt64, 99},
		"negative":         {-1000, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, percentOf(PodPull{Completed: tc.completed, Total: tc.total}))
		})
	}
}
