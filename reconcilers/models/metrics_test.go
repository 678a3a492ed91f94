// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// Pulls are counted with their bytes and durations, and those that fail by reason. The test does not run beside
// others, because the metrics are of the process.
func TestMetrics(t *testing.T) { //nolint:paralleltest // see above
	before := gather(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, `{models: ["a:1b", "b:1b"]}`)
		w.registry.Add("a:1b", 10_000_000)
		w.registry.SetRate(1_000_000)
		w.registry.Refuse("b:1b", http.StatusNotFound)
		w.addPod(nil)
		w.after(40 * time.Second)
		require.Equal(t, "Pulled 1/1", w.model("a:1b"))
	})
	after := gather(t)
	grown := func(name string) float64 { return after[name] - before[name] }
	assert.InDelta(t, 10_000_000, grown("llm_operator_model_pulled_bytes_total"), 1_000_000)
	assert.InDelta(t, 1, grown("llm_operator_model_pull_duration_seconds"), 0, "pulls that succeeded")
	assert.InDelta(t, 1, grown("llm_operator_model_pull_failures_total NotFound"), 0)
}

// gather returns the values of the metrics by name and labels, of histograms the number of observations.
func gather(t *testing.T) map[string]float64 {
	t.Helper()
	families, err := prometheus.Gatherer(metrics.Registry).Gather()
	require.NoError(t, err)
	out := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := []string{family.GetName()}
			for _, label := range metric.GetLabel() {
				name = append(name, label.GetValue())
			}
			out[strings.Join(name, " ")] = valueOf(metric)
		}
	}
	return out
}

func valueOf(metric *dto.Metric) float64 {
	if histogram := metric.GetHistogram(); histogram != nil {
		return float64(histogram.GetSampleCount())
	}
	return metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
}
