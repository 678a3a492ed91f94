// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	kjson "sigs.k8s.io/json"
)

// Bounds of the requests that are served at a time. Whoever reaches the webhooks' port
// may send some, so that what they may occupy is limited.
const (
	// maxBodyBytes holds the largest update that an API server sends: its own limit of
	// 3 MiB for a request, the stored object beside it, and what it says of the user.
	maxBodyBytes = 7 << 20
	// smallBodyBytes are some ten times what an object takes, stored object included.
	smallBodyBytes = 64 << 10
	// maxLarge is how many requests with larger bodies are read and handled at a time.
	maxLarge = 4
	// maxRead is how long the rest of a large body may take. An API server sends it at once.
	maxRead = 3 * time.Second
	// maxHandled is how many requests are handled at a time, large or small.
	maxHandled = 16
	// maxWait is how long a request waits for its turn. The API server tries again
	// before it gives up after five seconds.
	maxWait = 2 * time.Second
)

// errBusy is returned if a request waits for too long.
var errBusy = errors.New("too many concurrent requests")

// turns bounds how many requests are served at a time, by both webhooks together.
// Bodies are read before a turn is taken, so that a client that sends slowly keeps
// nobody waiting; large ones take up memory while they are read, and have turns of
// their own.
type turns struct {
	large, handled chan struct{}
}

func newTurns() *turns {
	return &turns{large: make(chan struct{}, maxLarge), handled: make(chan struct{}, maxHandled)}
}

// take waits for a turn, for as long as ctx and maxWait allow, and returns what ends it.
func take(ctx context.Context, turn chan struct{}) (done func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, maxWait, errBusy)
	defer cancel()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// An endpoint serves a webhook over HTTP. Unlike controller-runtime's own handler it
// bounds what it takes in, and leaves no stack trace in the log for a bad request.
type endpoint struct {
	*turns
	hook *admission.Webhook
}

// A requestError is an answer to a request that is no admission review, or whose turn
// does not come.
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
	rest := http.MaxBytesReader(w, r.Body, maxBodyBytes)
	body, err := io.ReadAll(io.LimitReader(rest, smallBodyBytes))
	if err == nil && len(body) == smallBodyBytes {
		done, err := take(r.Context(), e.large)
		if err != nil {
			return requestError{http.StatusTooManyRequests, err}
		}
		defer done()
		body, err = readRest(w, body, rest)
		if err != nil {
			return unread(err)
		}
	}
	if err != nil {
		return unread(err)
	}
	done, err := take(r.Context(), e.handled)
	if err != nil {
		return requestError{http.StatusTooManyRequests, err}
	}
	defer done()
	return e.answer(r.Context(), w, body)
}

// readRest reads what follows the beginning of a large body, which has a turn.
func readRest(w http.ResponseWriter, begun []byte, rest io.Reader) ([]byte, error) {
	// A connection that cannot have a deadline is a test's.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(maxRead))
	more, err := io.ReadAll(rest)
	return append(begun, more...), err
}

// unread returns the error for a body that is too large or did not arrive in time.
func unread(err error) error {
	if tooLarge, found := errors.AsType[*http.MaxBytesError](err); found {
		return requestError{http.StatusRequestEntityTooLarge, fmt.Errorf("the body must have at most %d bytes", tooLarge.Limit)}
	}
	return requestError{http.StatusRequestTimeout, errors.New("the body was not received in time")}
}

// checkHeader refuses what no API server sends.
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

// reviewKind is the only kind of review that the webhook configurations accept.
var reviewKind = admissionv1.SchemeGroupVersion.WithKind("AdmissionReview")

func (e endpoint) answer(ctx context.Context, w http.ResponseWriter, body []byte) error {
	var review admissionv1.AdmissionReview
	if kjson.UnmarshalCaseSensitivePreserveInts(body, &review) != nil || review.Request == nil ||
		schema.FromAPIVersionAndKind(review.APIVersion, review.Kind) != reviewKind {
		return requestError{http.StatusBadRequest, fmt.Errorf("the body must be an %s of %s with a request", reviewKind.Kind, reviewKind.GroupVersion())}
	}
	response := e.hook.Handle(ctx, admission.Request{AdmissionRequest: *review.Request})
	review.Request, review.Response = nil, &response.AdmissionResponse
	encoded, err := json.Marshal(review)
	if err != nil {
		return requestError{http.StatusInternalServerError, errors.New("the response cannot be encoded")}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encoded) // after an error nobody is left to tell
	return nil
}
