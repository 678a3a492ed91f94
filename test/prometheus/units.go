// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"math"
	"strconv"
	"strings"
)

// A scale is a unit for values that are at least as large.
type scale struct {
	size float64
	name string
}

var (
	counts  = []scale{{1e6, " M"}, {1e3, " K"}}
	sizes   = []scale{{1 << 30, " GiB"}, {1 << 20, " MiB"}, {1 << 10, " KiB"}, {1, " B"}}
	rates   = []scale{{1e9, " GB/s"}, {1e6, " MB/s"}, {1e3, " kB/s"}, {1, " B/s"}}
	seconds = []scale{{86400 * 365, " years"}, {86400, " days"}, {3600, " hours"}, {60, " min"}, {1, " s"}, {1e-3, " ms"}, {1e-6, " µs"}}
)

// format formats a value in a unit of Grafana.
func format(unit string, value float64) string {
	switch unit {
	case "s":
		return scaled(value, seconds)
	case "bytes":
		return scaled(value, sizes)
	case "Bps":
		return scaled(value, rates)
	case "reqps":
		return scaled(value, counts) + " req/s"
	case "ops":
		return scaled(value, counts) + " ops/s"
	default:
		return scaled(value, counts)
	}
}

// scaled formats a value in the largest scale that does not exceed it, with three digits.
func scaled(value float64, scales []scale) string {
	if math.IsNaN(value) {
		return "-"
	}
	for _, one := range scales {
		if math.Abs(value) >= one.size*(1-1e-9) {
			return digits(value/one.size) + one.name
		}
	}
	return digits(value)
}

func digits(value float64) string {
	text := strconv.FormatFloat(value, 'f', max(0, 2-int(math.Floor(math.Log10(max(1, math.Abs(value)))))), 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
