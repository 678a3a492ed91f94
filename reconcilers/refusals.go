// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
)

// A requestError wraps an error of a request to the API server with what was requested.
type requestError struct {
	doing string
	err   error
}

func (e *requestError) Error() string { return e.doing + ": " + e.err.Error() }

// Unwrap implements errors.Unwrap.
func (e *requestError) Unwrap() error { return e.err }

// request sends a request about a child and logs it, unless the object is paused, or the API server
// recently refused the same request and would refuse it again.
func (t *trackedObject) request(ctx context.Context, now time.Time, doing string, key childKey, attempt string, do func() error) error {
	if err := t.hold(doing, key); err != nil {
		return err
	}
	if err := t.refusedLately(key, attempt, now); err != nil {
		return err
	}
	err := do()
	log := ctrl.LoggerFrom(ctx)
	if err == nil {
		t.writtenAt = now
		forgetChild(&t.refused, key)
		log.V(1).Info("request done", "doing", doing, "child", key.String())
		return nil
	}
	err = &requestError{doing + " " + key.String(), err}
	if isRefused(err) {
		t.noteRefused(key, attempt, err, now)
		log.Info("the API server refused a child", "why", brief(err))
	}
	return err
}

// brief returns the error's text for logs. The API server's messages quote values, which may be
// secret, so only the reason and the fields are included.
func brief(err error) string {
	var request *requestError
	if errors.As(err, &request) {
		return request.doing + ": " + brief(request.err)
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return err.Error()
	}
	text := string(reasonOf(status))
	if fields := fieldsOf(status); len(fields) > 0 {
		text += " (" + strings.Join(fields, ", ") + ")"
	}
	return text
}

// reasonOf returns the reason of a response, or its status code if it has none.
func reasonOf(status apierrors.APIStatus) metav1.StatusReason {
	if reason := status.Status().Reason; reason != metav1.StatusReasonUnknown {
		return reason
	}
	return metav1.StatusReason(fmt.Sprint("status ", status.Status().Code))
}

// fieldsOf returns the fields that a response names, without duplicates.
func fieldsOf(status apierrors.APIStatus) []string {
	var fields []string
	if details := status.Status().Details; details != nil {
		for _, cause := range details.Causes {
			if cause.Field != "" && !slices.Contains(fields, cause.Field) {
				fields = append(fields, cause.Field)
			}
		}
	}
	return fields
}

// A briefError wraps an error with a text that is safe to log.
type briefError struct{ err error }

func (e *briefError) Error() string {
	all := flatten(e.err)
	texts := make([]string, 0, len(all))
	for _, one := range all {
		texts = append(texts, brief(one))
	}
	return strings.Join(texts, "; ")
}

// Unwrap implements errors.Unwrap.
func (e *briefError) Unwrap() error { return e.err }

// isRefused reports whether the API server would refuse the request again, because it violates
// validation, a quota, a policy or a webhook's rule. All other errors may be transient.
func isRefused(err error) bool {
	if meta.IsNoMatchError(err) || errors.Is(err, errNotAdmitted) {
		return true
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) || isNamespaceEnding(err) || isUIDMismatch(err) {
		return false
	}
	switch status.Status().Code {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusUnsupportedMediaType,
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	case http.StatusForbidden:
		return !isDeniedByRBAC(status) && !isUnready(status)
	case http.StatusNotFound:
		return isUnknownResource(status)
	default:
		return false
	}
}

// isDeniedByRBAC reports whether RBAC denied a request. After the API server starts, that lasts
// until it has read its roles.
//
// Source: kubernetes, apiserver/pkg/endpoints/handlers/responsewriters/errors.go.
func isDeniedByRBAC(status apierrors.APIStatus) bool {
	_, why, found := strings.Cut(status.Status().Message, "is forbidden: ")
	return found && strings.HasPrefix(why, `User "`) && strings.Contains(why, `" cannot `)
}

// isUnready reports whether the API server denied a request because it cannot decide yet: it has
// just started, or has not calculated a quota.
//
// Source: kubernetes, apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go and
// apiserver/pkg/admission/plugin/resourcequota/controller.go.
func isUnready(status apierrors.APIStatus) bool {
	message := status.Status().Message
	return strings.Contains(message, "not yet ready to handle request") || strings.Contains(message, "status unknown for quota")
}

// isUnknownResource reports whether the API server has no such resource, rather than
// no such object.
func isUnknownResource(status apierrors.APIStatus) bool {
	details := status.Status().Details
	return details == nil || details.Name == "" || slices.ContainsFunc(details.Causes, func(cause metav1.StatusCause) bool {
		return cause.Type == metav1.CauseTypeUnexpectedServerResponse
	})
}

// isUIDMismatch reports whether a request failed because the object was replaced by another with
// the same name.
func isUIDMismatch(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && slices.Contains(fieldsOf(status), "metadata.uid")
}

// isNamespaceEnding reports whether a create failed because the namespace is being deleted or is
// gone, so that the object itself is about to be deleted.
func isNamespaceEnding(err error) bool {
	if apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return true
	}
	var status apierrors.APIStatus
	return apierrors.IsNotFound(err) && errors.As(err, &status) &&
		status.Status().Details != nil && status.Status().Details.Kind == "namespaces"
}
