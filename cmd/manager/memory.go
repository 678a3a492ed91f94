// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"os"
	"runtime/debug"
)

// A memoryTuning is how the Go runtime uses memory.
type memoryTuning struct {
	// gcPercent replaces the default of GOGC; 0 means that GOGC is set.
	gcPercent int
	// ballast is the size in bytes of memory that is allocated and never written, so that it takes no memory of the
	// machine. The garbage collector counts it, and so waits for some garbage also while the caches are small: with 300
	// objects it otherwise takes a quarter of the CPU time more.
	ballast int
	// limit replaces the limit of the memory in bytes. It is a tenth lower than GOMEMLIMIT, which the manifests set to the
	// memory limit of the container, because the kernel also counts memory that the Go runtime does not manage.
	limit int64
}

// The ballast, and the least limit with which there is one: it counts towards the limit.
const (
	ballastSize  = 60 << 20
	ballastLimit = 4 * ballastSize
)

// Values of GOGC with and without ballast. They are lower than Go's 100, because nearly all memory is long-lived caches,
// which would otherwise need up to twice their size.
const (
	gcPercentWithBallast = 18
	gcPercent            = 30
)

// tuning returns how memory is used with the values of GOGC, which may be "", and GOMEMLIMIT, which is math.MaxInt64 if
// there is no limit.
func tuning(gogc string, limit int64) memoryTuning {
	t := memoryTuning{limit: limit}
	if limit != math.MaxInt64 {
		t.limit = limit / 10 * 9
	}
	switch {
	case gogc != "":
	case limit < ballastLimit:
		t.gcPercent = gcPercent
	default:
		t.gcPercent, t.ballast = gcPercentWithBallast, ballastSize
	}
	return t
}

// tuneMemory sets how memory is used, and returns the ballast, which has to be kept.
func tuneMemory() (ballast []byte) {
	t := tuning(os.Getenv("GOGC"), debug.SetMemoryLimit(-1))
	debug.SetMemoryLimit(t.limit)
	if t.gcPercent != 0 {
		debug.SetGCPercent(t.gcPercent)
	}
	return make([]byte, t.ballast)
}
