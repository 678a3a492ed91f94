// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
)

var pods = schema.GroupResource{Resource: "pods"}

// ending is what the API server answers in a namespace that is being deleted.
func ending() error {
	err := apierrors.NewForbidden(pods, "x", errors.New("unable to create new content in namespace n because it is being terminated"))
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	return err
}

func answer(code int, reason metav1.StatusReason, message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message}} //nolint:gosec // a status code
}

// What the API server would refuse again, and what is a hiccup.
func TestIsRefused(t *testing.T) {
	t.Parallel()
	invalid := func(path *field.Path) error {
		return apierrors.NewInvalid(schema.GroupKind{Kind: "Service"}, "x", field.ErrorList{field.Invalid(path, "secret", "no")})
	}
	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"invalid":                        {invalid(field.NewPath("spec", "ports")), true},
		"a quota":                        {apierrors.NewForbidden(pods, "x", errors.New("exceeded quota: q")), true},
		"Pod Security":                   {apierrors.NewForbidden(pods, "x", errors.New(`violates PodSecurity "restricted:latest"`)), true},
		"a policy":                       {apierrors.NewForbidden(pods, "x", errors.New("ValidatingAdmissionPolicy 'p' denied request: no")), true},
		"a webhook's no":                 {answer(http.StatusForbidden, metav1.StatusReasonForbidden, `admission webhook "x" denied the request: no`), true},
		"a webhook's no, as bad request": {answer(http.StatusBadRequest, "", `admission webhook "x" denied the request: no`), true},
		"a bad request":                  {apierrors.NewBadRequest("no"), true},
		"too large":                      {apierrors.NewRequestEntityTooLargeError("no"), true},
		"no such method":                 {apierrors.NewMethodNotSupported(pods, "patch"), true},
		"no such media type":             {answer(http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, "no"), true},
		"no such resource":               {apierrors.NewGenericServerResponse(http.StatusNotFound, "patch", pods, "x", "404 page not found", 0, true), true},
		"no such kind":                   {&meta.NoKindMatchError{GroupKind: schema.GroupKind{Kind: "X"}}, true},

		"an API server that starts":        {apierrors.NewForbidden(pods, "x", errors.New("not yet ready to handle request")), false},
		"a quota that is not counted yet":  {apierrors.NewForbidden(pods, "x", errors.New("status unknown for quota: q, resources: pods")), false},
		"an object of another UID":         {invalid(field.NewPath("metadata", "uid")), false},
		"no right":                         {apierrors.NewForbidden(pods, "x", errors.New(`User "op" cannot patch resource "pods" in API group "" in the namespace "n"`)), false},
		"the namespace ends":               {ending(), false},
		"the namespace is gone":            {apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "n"), false},
		"gone meanwhile":                   {apierrors.NewNotFound(pods, "x"), false},
		"unauthorized":                     {apierrors.NewUnauthorized("token expired"), false},
		"a conflict":                       {apierrors.NewConflict(pods, "x", errors.New("changed")), false},
		"exists already":                   {apierrors.NewAlreadyExists(pods, "x"), false},
		"an internal error":                {apierrors.NewInternalError(errors.New("etcdserver: leader changed")), false},
		"a webhook that does not answer":   {apierrors.NewInternalError(errors.New(`failed calling webhook "x": connection refused`)), false},
		"a bad gateway":                    {answer(http.StatusBadGateway, "", "bad gateway"), false},
		"unavailable":                      {apierrors.NewServiceUnavailable("starting"), false},
		"a gateway's timeout":              {apierrors.NewTimeoutError("slow", 1), false},
		"a server's timeout":               {apierrors.NewServerTimeout(pods, "patch", 1), false},
		"too many requests":                {apierrors.NewTooManyRequests("slow", 1), false},
		"a lost connection":                {errors.New("EOF"), false},
		"an answer of no code":             {answer(0, "", "?"), false},
		"a code that nobody has heard of":  {answer(599, "", "?"), false},
		"an expired resource version":      {apierrors.NewResourceExpired("old"), false},
		"an internal error of many causes": {fmt.Errorf("applying: %w", apierrors.NewInternalError(errors.New("x"))), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, isRefused(tc.err))
			assert.Equal(t, tc.want, isRefused(&requestError{"applying", tc.err}))
		})
	}
}

// Which errors a user is told of, and when it is tried again: at a time, or with the
// queue's growing pauses, never both.
func TestJudge(t *testing.T) {
	t.Parallel()
	taken := &conflictError{"Service", "x", "OllamaDeployment"}
	shared := &notShareableError{"ollama", "x-ollama", 3}
	old := &predecessorError{"Service", "x"}
	hiccup := error(&requestError{"applying", apierrors.NewInternalError(errors.New("leader changed"))})
	changed := error(&requestError{"applying", apierrors.NewConflict(pods, "x", errors.New("UID"))})
	forbidden := error(&requestError{"applying", apierrors.NewForbidden(pods, "x", errors.New("quota"))})
	for name, tc := range map[string]struct {
		err    error
		told   error
		after  time.Duration
		failed bool
	}{
		"nothing":                           {},
		"not admitted":                      {err: errNotAdmitted, told: errNotAdmitted},
		"a name is taken":                   {err: taken, told: taken, after: conflictRetry},
		"a claim that cannot be shared":     {err: shared, told: shared},
		"an earlier object's child":         {err: old, after: statusDebounce},
		"both":                              {err: errors.Join(old, taken), told: taken, after: statusDebounce},
		"both, the other way round":         {err: errors.Join(taken, old), told: taken, after: statusDebounce},
		"a hiccup":                          {err: hiccup, failed: true},
		"refused":                           {err: forbidden, told: forbidden},
		"a child has changed":               {err: changed, after: statusDebounce},
		"a child has changed, and another":  {err: errors.Join(changed, changed), after: statusDebounce},
		"a child has changed, and a hiccup": {err: errors.Join(changed, hiccup), failed: true},
		"the namespace ends":                {err: &requestError{"applying", ending()}},
		"a name is taken, and a hiccup":     {err: errors.Join(taken, errors.Join(hiccup)), told: taken, failed: true},
		"a name is taken, and a refusal":    {err: errors.Join(forbidden, taken), told: errors.Join(forbidden, taken), after: conflictRetry},
		"a lost connection, and an oddity":  {err: errors.Join(errors.New("EOF"), errors.New("?")), failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := (&tracker{}).of(object("uid", 1)).judge(tc.err, time.Unix(0, 0))
			assert.Equal(t, text(tc.told), text(f.problem))
			result, err := f.result()
			assert.Equal(t, tc.failed, err != nil)
			if tc.failed {
				assert.Zero(t, result)
			} else {
				assert.Equal(t, tc.after, result.RequeueAfter)
			}
		})
	}
}

// A transient failure is reported after two minutes, and forgotten after a success.
func TestSilence(t *testing.T) {
	t.Parallel()
	tracked, start := (&tracker{}).of(object("uid", 1)), time.Unix(1000, 0)
	hiccup := &requestError{`applying Service "x"`, apierrors.NewInternalError(errors.New("leader changed"))}
	require.NoError(t, tracked.judge(hiccup, start).problem)
	require.NoError(t, tracked.judge(hiccup, start.Add(failureGracePeriod-time.Second)).problem)
	told := tracked.judge(errors.Join(hiccup), start.Add(failureGracePeriod)).problem
	require.EqualError(t, told, `applying Service "x": Internal error occurred: leader changed; it is still tried`)
	assert.Equal(t, "ApplyFailed", problemReason(told))
	require.NoError(t, tracked.judge(nil, start.Add(failureGracePeriod)).problem)
	require.NoError(t, tracked.judge(hiccup, start.Add(failureGracePeriod)).problem, "it begins anew")
}

// Logs contain the reason and fields of a response, but not the message, which quotes values.
func TestBrief(t *testing.T) {
	t.Parallel()
	err := apierrors.NewInvalid(schema.GroupKind{Kind: "Deployment"}, "x", field.ErrorList{
		field.Invalid(field.NewPath("spec", "a"), "hunter2", "no"), field.Invalid(field.NewPath("spec", "a"), "hunter2", "again"),
		field.Required(field.NewPath("spec", "b"), "hunter2"),
	})
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"an answer":        {&requestError{`applying Deployment "x"`, err}, `applying Deployment "x": Invalid (spec.a, spec.b)`},
		"a wrapped answer": {fmt.Errorf("it was hunter2: %w", err), "Invalid (spec.a, spec.b)"},
		"no reason":        {answer(502, "", "hunter2"), "status 502"},
		"no answer":        {&requestError{"reading", errors.New("connection refused")}, "reading: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, brief(tc.err))
			logged := (&briefError{errors.Join(tc.err, tc.err)}).Error()
			assert.Equal(t, tc.want+"; "+tc.want, logged)
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Children left by an earlier object are reported if they persist, and then checked less often.
func TestJudgePredecessor(t *testing.T) {
	t.Parallel()
	tracked := &trackedObject{}
	err, start := error(&predecessorError{"Secret", "a"}), time.Unix(1000, 0)
	for _, tc := range []struct { // in this order
		after, retry time.Duration
		reason       string
	}{
		{0, statusDebounce, ""},
		{failureGracePeriod - 1, statusDebounce, ""},
		{failureGracePeriod, conflictRetry, "ApplyFailed"},
	} {
		f := tracked.judge(err, start.Add(tc.after))
		assert.Equal(t, tc.reason, problemReason(f.problem))
		assert.Equal(t, tc.retry, f.retry)
		require.NoError(t, f.failed)
	}
	assert.NoError(t, tracked.judge(nil, start.Add(failureGracePeriod)).problem)
}

func TestStatusProblem(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		problem error
		want    *status.Problem
	}{
		"none":         {nil, nil},
		"not admitted": {errNotAdmitted, &status.Problem{Reason: "NotAdmitted", Message: errNotAdmitted.Error()}},
		"still tried":  {&failingError{errors.New("no")}, &status.Problem{Reason: "ApplyFailed", Message: "no; it is still tried"}},
		"several, on one line": {
			errors.Join(errors.New("other"), &conflictError{"Service", "stack-ollama", v1alpha1.Kind}),
			&status.Problem{Reason: "NameConflict", Message: `other; Service "stack-ollama" exists and does not belong to this OllamaDeployment; delete or rename it, or choose another name`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, statusProblem(tc.problem))
		})
	}
}
