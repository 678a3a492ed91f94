// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	kjson "sigs.k8s.io/json"
)

// Limits of concurrent requests, which every client that reaches the port of the webhooks can send.
const (
	// maxBodyBytes allows the largest update that an API server sends: 3 MiB, its own limit for
	// a request, as much for the stored object, and information about the user.
	maxBodyBytes = 7 << 20
	// usualBodyBytes allows usual creates and updates.
	usualBodyBytes = 16 << 10
	// smallBodyBytes allows about ten times the size of a usual update, including the stored
	// object.
	smallBodyBytes = 64 << 10
	// maxLarge limits the number of concurrent requests with larger bodies.
	maxLarge = 4
	// maxRead limits the time to read the rest of a large body. API servers send it at once.
	maxRead = 3 * time.Second
	// maxHandled limits the number of requests that are handled concurrently.
	maxHandled = 16
	// maxWait limits the time that a request waits to be handled. It leaves time for the API server,
	// which gives up after five seconds, to retry.
	maxWait = 2 * time.Second
)

// errBusy rejects a request that has waited for too long.
var errBusy = errors.New("too many concurrent requests")

// limits bounds the number of concurrent requests of both webhooks. Bodies are read before the limit
// applies, so that slow clients do not delay others. Large bodies, which use memory while they are
// read, have a separate limit.
type limits struct {
	large, handled chan struct{}
}

func newLimits() *limits {
	return &limits{large: make(chan struct{}, maxLarge), handled: make(chan struct{}, maxHandled)}
}

// acquire waits until the semaphore has capacity, for at most maxWait. The returned function releases
// it.
func acquire(ctx context.Context, semaphore chan struct{}) (release func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, maxWait, errBusy)
	defer cancel()
	select {
	case semaphore <- struct{}{}:
		return func() { <-semaphore }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// An endpoint serves a webhook over HTTP. Unlike controller-runtime's handler, it limits the size
// and number of requests, and does not log a stack trace for a bad request.
type endpoint struct {
	*limits
	hook *admission.Webhook
}

// A requestError is returned for a request that is not a valid AdmissionReview or exceeds a limit.
// The code is the HTTP status.
type requestError struct {
	code int
	error
}

// ServeHTTP implements http.Handler.
func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := e.serve(w, r)
	if err == nil {
		return
	}
	bad := requestError{http.StatusBadRequest, err}
	errors.As(err, &bad)
	logf.Log.WithName("admission").V(1).Info("bad request", "code", bad.code, "path", r.URL.Path, "from", r.RemoteAddr)
	if bad.code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, bad.Error(), bad.code)
}

func (e endpoint) serve(w http.ResponseWriter, r *http.Request) error {
	if err := checkHeader(r); err != nil {
		return err
	}
	received := prometheus.NewTimer(receiveDuration)
	rest := http.MaxBytesReader(w, r.Body, maxBodyBytes)
	body, err := readSmall(rest, r.ContentLength)
	if err == nil && len(body) == smallBodyBytes {
		release, err := acquire(r.Context(), e.large)
		if err != nil {
			return requestError{http.StatusTooManyRequests, err}
		}
		defer release()
		body, err = readRest(w, body, rest)
		if err != nil {
			return readError(err)
		}
	}
	if err != nil {
		return readError(err)
	}
	release, err := acquire(r.Context(), e.handled)
	if err != nil {
		return requestError{http.StatusTooManyRequests, err}
	}
	defer release()
	received.ObserveDuration()
	return e.respond(r.Context(), w, body)
}

// readSmall reads a body of up to smallBodyBytes, or the beginning of a larger one. The announced length, if any, saves
// the copies of a growing buffer; clients that announce much and send nothing do not use much memory.
func readSmall(rest io.Reader, announced int64) ([]byte, error) {
	buffer := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+min(max(announced, 0), usualBodyBytes)))
	_, err := buffer.ReadFrom(io.LimitReader(rest, smallBodyBytes))
	return buffer.Bytes(), err
}

// readRest reads the rest of a large body within maxRead, and returns the whole body.
func readRest(w http.ResponseWriter, begun []byte, rest io.Reader) ([]byte, error) {
	// It fails in tests only, whose connections have no deadlines.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(maxRead))
	more, err := io.ReadAll(rest)
	return append(begun, more...), err
}

// readError returns the requestError for a body that is too large or was not received in time.
func readError(err error) error {
	if tooLarge, found := errors.AsType[*http.MaxBytesError](err); found {
		return requestError{http.StatusRequestEntityTooLarge, fmt.Errorf("the body must have at most %d bytes", tooLarge.Limit)}
	}
	return requestError{http.StatusRequestTimeout, errors.New("the body was not received in time")}
}

// checkHeader rejects requests that API servers do not send.
func checkHeader(r *http.Request) error {
	if r.Method != http.MethodPost {
		return requestError{http.StatusMethodNotAllowed, errors.New("the method must be POST")}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return requestError{http.StatusUnsupportedMediaType, errors.New("the content type must be application/json")}
	}
	if r.ContentLength > maxBodyBytes {
		return requestError{http.StatusRequestEntityTooLarge, fmt.Errorf("the body must have at most %d bytes", maxBodyBytes)}
	}
	return nil
}

// reviewKind identifies the only version of AdmissionReview in the webhook configurations.
var reviewKind = admissionv1.SchemeGroupVersion.WithKind("AdmissionReview")

// decodeReview decodes an AdmissionReview with a request.
func decodeReview(body []byte) (*admissionv1.AdmissionReview, error) {
	defer prometheus.NewTimer(reviewDuration).ObserveDuration()
	review := &admissionv1.AdmissionReview{}
	if kjson.UnmarshalCaseSensitivePreserveInts(body, review) != nil || review.Request == nil ||
		schema.FromAPIVersionAndKind(review.APIVersion, review.Kind) != reviewKind {
		return nil, requestError{http.StatusBadRequest, fmt.Errorf("the body must be an %s of %s with a request", reviewKind.Kind, reviewKind.GroupVersion())}
	}
	return review, nil
}

// encodeReview encodes the AdmissionReview with the response instead of the request.
func encodeReview(review *admissionv1.AdmissionReview, response admission.Response) ([]byte, error) {
	defer prometheus.NewTimer(encodeDuration).ObserveDuration()
	review.Request, review.Response = nil, &response.AdmissionResponse
	encoded, err := json.Marshal(review)
	if err != nil {
		return nil, requestError{http.StatusInternalServerError, errors.New("the response cannot be encoded")}
	}
	return encoded, nil
}

// respond handles the AdmissionReview and writes the response.
func (e endpoint) respond(ctx context.Context, w http.ResponseWriter, body []byte) error {
	review, err := decodeReview(body)
	if err != nil {
		return err
	}
	response := e.hook.Handle(ctx, admission.Request{AdmissionRequest: *review.Request})
	encoded, err := encodeReview(review, response)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encoded) // fails only if the client is gone
	return nil
}
