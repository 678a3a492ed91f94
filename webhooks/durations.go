// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// phaseDuration has what controller-runtime's histogram of whole requests does not tell: where the time goes.
var phaseDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
	Name:    "llm_operator_admission_phase_duration_seconds",
	Help:    "Duration of the phases of an admission request: receive (reads the body and waits for other requests), review (decodes the AdmissionReview), decode (decodes the objects in it), default, validate, plan (finds what an update does that users should know), encode (encodes the answer).",
	Buckets: []float64{0.0001, 0.001, 0.01, 0.1, 1},
}, []string{"phase"})

// The phases of a request.
var (
	receiveDuration  = phaseDuration.WithLabelValues("receive")
	reviewDuration   = phaseDuration.WithLabelValues("review")
	decodeDuration   = phaseDuration.WithLabelValues("decode")
	defaultDuration  = phaseDuration.WithLabelValues("default")
	validateDuration = phaseDuration.WithLabelValues("validate")
	planDuration     = phaseDuration.WithLabelValues("plan")
	encodeDuration   = phaseDuration.WithLabelValues("encode")
)

func init() { metrics.Registry.MustRegister(phaseDuration) }
