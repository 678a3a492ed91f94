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

// What admission did, as counters. Dry runs are told apart, because they are CI's
// and not the cluster's.
var (
	defaultedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_admission_defaulted_total",
		Help: "Requests whose object got defaults.",
	}, []string{"dry_run"})
	refusedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_admission_refused_total",
		Help: "Errors of refused requests, by the path of the field without indices and by reason.",
	}, []string{"field", "reason", "dry_run"})
	warnedTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "llm_operator_admission_warned_total",
		Help: "Requests that were answered with warnings.",
	}, []string{"dry_run"})
)

func init() {
	metrics.Registry.MustRegister(defaultedTotal, refusedTotal, warnedTotal)
}

// instrumented counts a webhook's answers and writes its access log.
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
	fields := refusedFields(response)
	for _, cause := range fields {
		refusedTotal.WithLabelValues(cause.Field, string(cause.Type), dryRun).Inc()
	}
	logAccess(ctx, req, response, fields, time.Since(start))
	return response
}

// logAccess names who did what to which object, and the fields that were refused,
// but no value of a spec: it may be a secret that stands in the wrong place.
func logAccess(ctx context.Context, req admission.Request, response admission.Response, refused []metav1.StatusCause, took time.Duration) {
	names := make([]string, 0, len(refused))
	for _, cause := range refused {
		names = append(names, cause.Field)
	}
	logf.FromContext(ctx).Info("admission",
		"operation", clipped(string(req.Operation)), "dryRun", req.DryRun != nil && *req.DryRun,
		"allowed", response.Allowed, "defaults", len(response.Patches), "warnings", len(response.Warnings),
		"refused", names, "took", took)
}

// refusedFields returns the causes of a refusal by the paths of the Go types, without
// subscripts and values.
func refusedFields(response admission.Response) []metav1.StatusCause {
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
