// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Counters of admission. Dry runs, which are mostly run by CI, are counted separately.
var (
	defaultedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_admission_defaulted_total",
		Help: "Number of requests whose object was defaulted.",
	}, []string{"dry_run"})
	refusedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_admission_refused_total",
		Help: "Number of errors of rejected requests, by field, without indices and keys, and reason.",
	}, []string{"field", "reason", "dry_run"})
	warnedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_admission_warned_total",
		Help: "Number of requests that were answered with warnings.",
	}, []string{"dry_run"})
)

func init() {
	metrics.Registry.MustRegister(defaultedTotal, refusedTotal, warnedTotal)
}

// instrumented records metrics of the responses and writes the access log.
type instrumented struct {
	admission.Handler
}

// Handle implements admission.Handler.
func (h instrumented) Handle(ctx context.Context, req admission.Request) admission.Response {
	start := time.Now()
	response := h.Handler.Handle(ctx, req)
	dryRun := strconv.FormatBool(req.DryRun != nil && *req.DryRun)
	if len(response.Patches) > 0 {
		defaultedTotal.WithLabelValues(dryRun).Inc()
	}
	if len(response.Warnings) > 0 {
		warnedTotal.WithLabelValues(dryRun).Inc()
	}
	fields := rejectedFields(response)
	for _, cause := range fields {
		refusedTotal.WithLabelValues(cause.Field, string(cause.Type), dryRun).Inc()
	}
	logAccess(ctx, req, response, fields, time.Since(start))
	return response
}

// logAccess logs the request and the rejected fields, but no values, which may be misplaced secrets.
func logAccess(ctx context.Context, req admission.Request, response admission.Response, rejected []metav1.StatusCause, took time.Duration) {
	names := make([]string, 0, len(rejected))
	for _, cause := range rejected {
		names = append(names, cause.Field)
	}
	logf.FromContext(ctx).Info("admission",
		"operation", truncate(string(req.Operation)), "dryRun", req.DryRun != nil && *req.DryRun,
		"allowed", response.Allowed, "defaults", len(response.Patches), "warnings", len(response.Warnings),
		"refused", names, "took", took)
}

// rejectedFields returns the causes of a rejection, with paths as returned by knownPath and without
// values.
func rejectedFields(response admission.Response) []metav1.StatusCause {
	if response.Allowed || response.Result == nil {
		return nil
	}
	if response.Result.Details == nil || len(response.Result.Details.Causes) == 0 {
		return []metav1.StatusCause{{Type: metav1.CauseType(response.Result.Reason)}}
	}
	out := make([]metav1.StatusCause, 0, len(response.Result.Details.Causes))
	for _, cause := range response.Result.Details.Causes {
		out = append(out, metav1.StatusCause{Type: cause.Type, Field: knownPath(cause.Field)})
	}
	return out
}
