// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	kjson "sigs.k8s.io/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// BenchmarkAdmission measures the webhooks with all fixtures, as the API server calls them. "x-floor" is how much longer
// handling a request takes than what every webhook does: decoding the review and its objects, and encoding one object
// and the response, all with the libraries that are used here. Both are measured in turn, so that changes of the machine's
// speed affect both, and the ratio is that of the fastest tenths, so that other processes do not. "allocs" and
// "floor-allocs" count allocations.
func BenchmarkAdmission(b *testing.B) { compare(b, namedFixtures(b)) }

// BenchmarkRules does so with the objects of all rules, most of which are refused.
func BenchmarkRules(b *testing.B) { compare(b, rules(b)) }

func compare(b *testing.B, of []namedFixture) {
	b.Helper()
	logf.SetLogger(zap.New(zap.WriteTo(io.Discard)))
	for _, call := range calls(b, of) {
		b.Run(call.name, func(b *testing.B) {
			var handled, floors []time.Duration
			for b.Loop() {
				handled = append(handled, timed(func() { call.mustHandle() }))
				floors = append(floors, timed(call.mustFloor))
			}
			took, floor := tenth(handled), tenth(floors)
			b.ReportMetric(float64(took)/float64(floor), "x-floor")
			b.ReportMetric(float64(took.Nanoseconds()), "ns-handled")
			b.ReportMetric(testing.AllocsPerRun(10, func() { call.mustHandle() }), "allocs")
			b.ReportMetric(testing.AllocsPerRun(10, call.mustFloor), "floor-allocs")
		})
	}
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// tenth returns the duration that a tenth of them do not exceed.
func tenth(durations []time.Duration) time.Duration {
	slices.Sort(durations)
	return durations[len(durations)/10]
}

// mustHandle sends the request to the webhook and returns the review with its response.
func (c call) mustHandle() []byte {
	w := &response{header: http.Header{}}
	c.endpoint.ServeHTTP(w, &http.Request{
		Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}},
		Body: body{bytes.NewReader(c.review)}, ContentLength: int64(len(c.review)),
	})
	if w.code > http.StatusOK || !bytes.Contains(w.body, []byte(`"uid"`)) {
		panic(fmt.Sprintf("%d: %s", w.code, w.body))
	}
	return w.body
}

// mustFloor does what every webhook does with the request.
func (c call) mustFloor() {
	var review admissionv1.AdmissionReview
	mustDecode(c.review, &review)
	var d, old v1alpha1.OllamaDeployment
	mustDecode(review.Request.Object.Raw, &d)
	if len(review.Request.OldObject.Raw) > 0 {
		mustDecode(review.Request.OldObject.Raw, &old)
	}
	review.Response = &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true, Patch: mustEncode(&d)}
	review.Request = nil
	_ = mustEncode(review)
}

func mustDecode(data []byte, into any) {
	if err := kjson.UnmarshalCaseSensitivePreserveInts(data, into); err != nil {
		panic(err)
	}
}

func mustEncode(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

type body struct{ *bytes.Reader }

func (body) Close() error { return nil }

// A response is an http.ResponseWriter that costs less than a recorder.
type response struct {
	header http.Header
	code   int
	body   []byte
}

func (r *response) Header() http.Header { return r.header }

func (r *response) WriteHeader(code int) { r.code = code }

func (r *response) Write(data []byte) (int, error) {
	r.body = append(r.body, data...)
	return len(data), nil
}
