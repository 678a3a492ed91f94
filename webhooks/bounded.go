// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-logr/logr"
	admissionv1 "k8s.io/api/admission/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// bounded refuses what is too large before it is decoded, and starts nothing for a
// request that nobody waits for any more.
type bounded struct {
	admission.Handler
}

// Handle implements admission.Handler.
func (h bounded) Handle(ctx context.Context, req admission.Request) admission.Response {
	if err := validation.CheckSize(req.Object.Raw, req.OldObject.Raw); err != nil {
		// Neither the log nor a metric has the path: its keys are whatever was sent.
		refusedTotal.WithLabelValues("", string(err.Type), strconv.FormatBool(req.DryRun != nil && *req.DryRun)).Inc()
		logf.FromContext(ctx).Info("admission", "allowed", false, "refused", err.Detail)
		return refusedSize(req, err)
	}
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	return h.Handler.Handle(ctx, req)
}

func refusedSize(req admission.Request, err *field.Error) admission.Response {
	kind := schema.GroupKind{Group: req.Kind.Group, Kind: req.Kind.Kind}
	status := apierrors.NewInvalid(kind, req.Name, field.ErrorList{err}).Status()
	return admission.Response{AdmissionResponse: admissionv1.AdmissionResponse{Result: &status}}
}

// ended answers a request whose context has ended.
func ended(err error) admission.Response {
	return admission.Errored(http.StatusServiceUnavailable, err)
}

// requestLogger adds what a request is about to a logger, as controller-runtime's does,
// but not at any length.
func requestLogger(base logr.Logger, req *admission.Request) logr.Logger {
	if req == nil {
		return base
	}
	return base.WithValues("namespace", clipped(req.Namespace), "name", clipped(req.Name), "resource", clipped(req.Resource.Resource),
		"user", clipped(req.UserInfo.Username), "requestID", clipped(string(req.UID)))
}

// clipped returns the beginning of a text, as much of it as a log may have.
func clipped(text string) string {
	const most = 253 // a name's longest
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
