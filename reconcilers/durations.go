// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// phaseDuration has what controller-runtime's histogram of whole reconciles does not tell: where the time goes.
var phaseDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
	Name:    "llm_operator_reconcile_phase_duration_seconds",
	Help:    "Duration of the phases of reconciling an OllamaDeployment: admit (sends what lacks defaults through admission), apply (renders the children and writes those that differ), observe (reads children and pods), report (writes the status and events).",
	Buckets: []float64{0.0001, 0.001, 0.01, 0.1, 1, 10},
}, []string{"phase"})

// The phases of a reconcile.
var (
	admitDuration   = phaseDuration.WithLabelValues("admit")
	applyDuration   = phaseDuration.WithLabelValues("apply")
	observeDuration = phaseDuration.WithLabelValues("observe")
	reportDuration  = phaseDuration.WithLabelValues("report")
)

func init() { metrics.Registry.MustRegister(phaseDuration) }
