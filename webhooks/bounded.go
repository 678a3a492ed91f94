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

// bounded rejects objects that are too large before they are decoded, and does not handle requests
// whose context is done.
type bounded struct {
	admission.Handler
}

// Handle implements admission.Handler.
func (h bounded) Handle(ctx context.Context, req admission.Request) admission.Response {
	if err := validation.CheckSize(req.Object.Raw, req.OldObject.Raw); err != nil {
		// The path contains untrusted keys, so it is neither logged nor a label of the metric.
		refusedTotal.WithLabelValues("", string(err.Type), strconv.FormatBool(req.DryRun != nil && *req.DryRun)).Inc()
		logf.FromContext(ctx).Info("admission", "allowed", false, "refused", err.Detail)
		return sizeRejection(req, err)
	}
	if err := ctx.Err(); err != nil {
		return contextDone(err)
	}
	return h.Handler.Handle(ctx, req)
}

func sizeRejection(req admission.Request, err *field.Error) admission.Response {
	kind := schema.GroupKind{Group: req.Kind.Group, Kind: req.Kind.Kind}
	status := apierrors.NewInvalid(kind, req.Name, field.ErrorList{err}).Status()
	return admission.Response{AdmissionResponse: admissionv1.AdmissionResponse{Result: &status}}
}

// contextDone returns the response to a request whose context is done.
func contextDone(err error) admission.Response {
	return admission.Errored(http.StatusServiceUnavailable, err)
}

// requestLogger returns a logger with the attributes of the request, as controller-runtime's default
// does, but truncates them.
func requestLogger(base logr.Logger, req *admission.Request) logr.Logger {
	if req == nil {
		return base
	}
	return base.WithValues("namespace", truncate(req.Namespace), "name", truncate(req.Name), "resource", truncate(req.Resource.Resource),
		"user", truncate(req.UserInfo.Username), "requestID", truncate(string(req.UID)))
}

// truncate truncates untrusted text for the log.
func truncate(text string) string {
	const limit = 253 // the maximum length of a name
	if len(text) <= limit {
		return text
	}
	return text[:limit] + "..."
}
