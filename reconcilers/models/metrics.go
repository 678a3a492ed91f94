// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
)

var (
	pulledBytes = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "llm_operator_model_pulled_bytes_total",
		Help: "Bytes of models that pods have downloaded while the operator pulled them, and those of layers that they had already.",
	})
	pullDuration = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "llm_operator_model_pull_duration_seconds",
		Help:    "Duration of pulling a model in a pod, if it succeeded.",
		Buckets: prometheus.ExponentialBuckets(1, 4, 9), // 1 s to 18 h
	})
	pullFailures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_model_pull_failures_total",
		Help: "Attempts to pull a model in a pod that failed, by reason.",
	}, []string{"reason"})
)

func init() { metrics.Registry.MustRegister(pulledBytes, pullDuration, pullFailures) }

// observeBytes counts downloaded bytes. A pull that starts again begins at what was downloaded before.
func observeBytes(bytes int64) {
	if bytes > 0 {
		pulledBytes.Add(float64(bytes))
	}
}

// observePull counts an attempt to pull a model.
func observePull(err error, duration time.Duration) {
	switch {
	case err == nil:
		pullDuration.Observe(duration.Seconds())
	case !errors.Is(err, context.Canceled):
		pullFailures.WithLabelValues(cmp.Or(string(ollamaclient.ReasonOf(err)), "Other")).Inc()
	}
}
