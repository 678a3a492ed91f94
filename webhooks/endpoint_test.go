// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-logr/logr/funcr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// counting allows all requests and counts them.
type counting struct{ calls atomic.Int32 }

func (c *counting) Handle(context.Context, admission.Request) admission.Response {
	c.calls.Add(1)
	return admission.Allowed("")
}

// post sends a body to the endpoint, as the API server does.
func post(ctx context.Context, e endpoint, body io.Reader) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, "/", body).WithContext(ctx)
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, request)
	return recorder
}

// responseOf returns the admission response in the review that the endpoint wrote.
func responseOf(t *testing.T, recorder *httptest.ResponseRecorder) *admissionv1.AdmissionResponse {
	t.Helper()
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body.String())
	var review admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &review))
	require.NotNil(t, review.Response)
	assert.Nil(t, review.Request)
	assert.EqualValues(t, "705ab4f5-6393-11e8-b7cc-42010a800002", review.Response.UID)
	return review.Response
}

// An object that exceeds the size limits is rejected before the handler is called.
func TestEndpointRejectsTooLargeObjects(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1001, 200_000, 450_000} {
		handler := &counting{}
		response := responseOf(t, post(t.Context(), endpoint{newLimits(), newWebhook(handler)}, bytes.NewReader(reviewOf(t, fixtures.EqualModels(count)))))
		assert.False(t, response.Allowed)
		assert.EqualValues(t, http.StatusUnprocessableEntity, response.Result.Code)
		assert.Equal(t, metav1.StatusReasonInvalid, response.Result.Reason)
		require.Len(t, response.Result.Details.Causes, 1)
		assert.Equal(t, "spec.ollama.models", response.Result.Details.Causes[0].Field)
		assert.Less(t, len(response.Result.Message), 200)
		assert.Zero(t, handler.calls.Load(), count)
	}
}

func TestEndpointRejectsInvalidRequests(t *testing.T) {
	t.Parallel()
	review := string(reviewOf(t, fixtures.EqualModels(1)))
	for name, tc := range map[string]struct {
		method, contentType, body string
		code                      int
	}{
		"valid review":                  {body: review, code: http.StatusOK},
		"character set":                 {body: review, contentType: "application/json; charset=utf-8", code: http.StatusOK},
		"wrong method":                  {method: http.MethodGet, body: review, code: http.StatusMethodNotAllowed},
		"wrong content type":            {body: review, contentType: "text/plain", code: http.StatusUnsupportedMediaType},
		"no content type":               {body: review, contentType: " ", code: http.StatusUnsupportedMediaType},
		"empty body":                    {code: http.StatusBadRequest},
		"invalid JSON":                  {body: "{", code: http.StatusBadRequest},
		"list":                          {body: "[]", code: http.StatusBadRequest},
		"null":                          {body: "null", code: http.StatusBadRequest},
		"review without a request":      {body: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`, code: http.StatusBadRequest},
		"wrong kind":                    {body: strings.Replace(review, "AdmissionReview", "TokenReview", 1), code: http.StatusBadRequest},
		"review that cannot be decoded": {body: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":7}`, code: http.StatusBadRequest},
		"nested too deeply":             {body: strings.Repeat("[", 100_000), code: http.StatusBadRequest},
		"too large":                     {body: strings.Repeat(" ", maxBodyBytes+1), code: http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := httptest.NewRequest(cmp.Or(tc.method, http.MethodPost), "/", strings.NewReader(tc.body))
			request.Header.Set("Content-Type", strings.TrimSpace(cmp.Or(tc.contentType, "application/json")))
			recorder := httptest.NewRecorder()
			endpoint{newLimits(), newWebhook(&counting{})}.ServeHTTP(recorder, request)
			assert.Equal(t, tc.code, recorder.Code, recorder.Body.String())
			assert.Less(t, recorder.Body.Len(), 1000)
		})
	}
}

// A body of unknown length is read up to the limit only.
func TestEndpointStopsReading(t *testing.T) {
	t.Parallel()
	endless := &countingReader{}
	recorder := post(t.Context(), endpoint{newLimits(), newWebhook(&counting{})}, endless)
	assert.Equal(t, http.StatusRequestEntityTooLarge, recorder.Code)
	assert.Less(t, endless.read, 2*maxBodyBytes)
}

type countingReader struct{ read int }

func (r *countingReader) Read(p []byte) (int, error) {
	r.read += len(p)
	return len(p), nil
}

// held blocks each request until it is released.
type held struct{ entered, release chan struct{} }

func (h held) Handle(context.Context, admission.Request) admission.Response {
	h.entered <- struct{}{}
	<-h.release
	return admission.Allowed("")
}

// At most maxHandled requests are handled concurrently. Others wait, and are told to retry if they
// time out.
func TestEndpointLimitsConcurrency(t *testing.T) {
	t.Parallel()
	h := held{make(chan struct{}, 2*maxHandled), make(chan struct{})}
	e := endpoint{newLimits(), newWebhook(h)}
	body := reviewOf(t, fixtures.EqualModels(1))
	codes := make(chan int, maxHandled+1)
	for range maxHandled {
		go func() { codes <- post(context.Background(), e, bytes.NewReader(body)).Code }()
	}
	for range maxHandled {
		<-h.entered
	}
	recorder := post(t.Context(), e, bytes.NewReader(body))
	assert.Equal(t, http.StatusTooManyRequests, recorder.Code)
	assert.Equal(t, "1", recorder.Header().Get("Retry-After"))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, http.StatusTooManyRequests, post(gone, e, bytes.NewReader(body)).Code)
	assert.Empty(t, h.entered, "handled concurrently beyond the limit")

	go func() { codes <- post(context.Background(), e, bytes.NewReader(body)).Code }()
	close(h.release)
	for range maxHandled + 1 {
		assert.Equal(t, http.StatusOK, <-codes)
	}
}

// Slow clients with large bodies do not block small requests.
func TestEndpointReadsBeforeLimiting(t *testing.T) {
	t.Parallel()
	e := endpoint{newLimits(), newWebhook(&counting{})}
	started := make(chan struct{})
	for range 3 * maxHandled {
		go post(t.Context(), e, slowReader{t.Context(), started})
	}
	for range maxLarge {
		<-started
	}
	for range 10 {
		assert.True(t, responseOf(t, post(t.Context(), e, bytes.NewReader(reviewOf(t, fixtures.EqualModels(1))))).Allowed)
	}
	large := append(reviewOf(t, fixtures.EqualModels(1)), bytes.Repeat([]byte{' '}, smallBodyBytes)...)
	assert.Equal(t, http.StatusOK, post(t.Context(), e, bytes.NewReader(large)).Code, "a client that has sent nothing does not count")

	begun := make(chan struct{})
	for range maxLarge {
		body := io.MultiReader(bytes.NewReader(make([]byte, smallBodyBytes)), slowReader{t.Context(), begun})
		go post(t.Context(), e, body)
	}
	for range maxLarge {
		<-begun
	}
	assert.Equal(t, http.StatusTooManyRequests, post(t.Context(), e, bytes.NewReader(large)).Code)
}

// A slowReader blocks until its context is canceled.
type slowReader struct {
	ctx     context.Context
	started chan<- struct{}
}

func (r slowReader) Read([]byte) (int, error) {
	select {
	case r.started <- struct{}{}:
	case <-r.ctx.Done():
	}
	<-r.ctx.Done()
	return 0, r.ctx.Err()
}

// The webhooks do not handle a request whose client has disconnected.
func TestCanceledRequestIsNotHandled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, hook := range []*admission.Webhook{Mutating(validation.Options{}), Validating(validation.Options{})} {
		var req admission.Request
		req.Object.Raw = fixtures.EqualModels(1)
		response := hook.Handle(ctx, req)
		assert.False(t, response.Allowed)
		assert.EqualValues(t, http.StatusServiceUnavailable, response.Result.Code)
	}
}

// Values of the request are truncated in the log.
func TestLogIsTruncated(t *testing.T) {
	t.Parallel()
	var lines []string
	logger := funcr.New(func(_, args string) { lines = append(lines, args) }, funcr.Options{})
	long := strings.Repeat("x", 100_000)
	var req admission.Request
	req.UID, req.Name, req.Namespace, req.Resource.Resource = "1", long, long, long
	req.UserInfo.Username, req.Operation = long, admissionv1.Operation(long)
	requestLogger(logger, &req).Info("admission", "operation", truncate(string(req.Operation)))
	assert.Less(t, len(fmt.Sprint(lines)), 3000)
}
