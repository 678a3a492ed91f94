// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	jsonpatch "gomodules.xyz/jsonpatch/v2"
	admissionv1 "k8s.io/api/admission/v1"
	kjson "sigs.k8s.io/json"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Whatever bytes are sent to the webhooks, they answer with a review of the same UID, or that the request is bad: never
// that the server failed. What the mutating webhook makes of an object is decoded, is an object that the schema allows,
// and has all defaults.
func FuzzReview(f *testing.F) {
	for _, c := range calls(f, append(namedFixtures(f), rules(f)[:20]...)) {
		f.Add(c.review)
	}
	for _, body := range []string{
		"", "null", "{}", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}`,
		`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"UPDATE","object":{"spec":null},"oldObject":[]}}`,
		`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"\u0000","operation":"CREATE","object":{"spec":{"ollama":{"models":[1,null,{}]}}}}}`,
		`{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"1"}}`,
	} {
		f.Add([]byte(body))
	}
	mutating, validating := endpoint{newLimits(), Mutating(validation.Options{})}, endpoint{newLimits(), Validating(validation.Options{})}
	f.Fuzz(func(t *testing.T, body []byte) {
		checkAnswer(t, validating, body)
		checkAnswer(t, mutating, body)
		checkMutation(t, mutating, body)
	})
}

// checkAnswer asserts that the endpoint answers the body with a review of the same UID, or that the request is bad, and
// returns the response, nil if there is none.
func checkAnswer(t *testing.T, e endpoint, body []byte) *admissionv1.AdmissionResponse {
	t.Helper()
	recorder := post(t.Context(), e, bytes.NewReader(body))
	if recorder.Code >= 400 && recorder.Code < 500 {
		assert.Regexp(t, `\A[ -~]+\n\z`, recorder.Body.String())
		return nil
	}
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body.String())
	var sent, review admissionv1.AdmissionReview
	require.NoError(t, kjson.UnmarshalCaseSensitivePreserveInts(body, &sent))
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &review))
	require.NotNil(t, review.Response)
	assert.Nil(t, review.Request)
	assert.Equal(t, sent.Request.UID, review.Response.UID)
	if response := review.Response; !response.Allowed {
		require.NotNil(t, response.Result)
		assert.GreaterOrEqual(t, response.Result.Code, int32(400))
		assert.Less(t, response.Result.Code, int32(500), response.Result.Message)
		assert.Empty(t, response.Patch)
	}
	return review.Response
}

// checkMutation asserts that the patch for the object in the body, as the API server has it after it has read it,
// applies, and that the patched object is decoded, is not patched again and not refused by the schema.
func checkMutation(t *testing.T, mutating endpoint, body []byte) {
	t.Helper()
	var review admissionv1.AdmissionReview
	if kjson.UnmarshalCaseSensitivePreserveInts(body, &review) != nil || review.Request == nil || review.Request.Operation != admissionv1.Create {
		return
	}
	d, mistakes, err := validation.Decode(review.Request.Object.Raw)
	if err != nil || len(mistakes) > 0 {
		return
	}
	send := func(object []byte) *admissionv1.AdmissionResponse {
		review.Request.Object.Raw = object
		data, err := json.Marshal(review)
		require.NoError(t, err)
		return checkAnswer(t, mutating, data)
	}
	object, err := json.Marshal(d)
	require.NoError(t, err)
	response := send(object)
	if response == nil || !response.Allowed {
		return
	}
	object, err = patched(object, operations(t, response.Patch))
	require.NoError(t, err)
	again := send(object)
	require.NotNil(t, again)
	assert.True(t, again.Allowed)
	assert.Empty(t, again.Patch, "%s", object)
	defaulted, mistakes, err := validation.Decode(object)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Empty(t, validation.SchemaErrors(defaulted, nil))
	wanted := d.DeepCopy()
	wanted.Default()
	assert.Equal(t, encoded(t, wanted), encoded(t, defaulted))
}

// operations decodes a patch, which may be empty.
func operations(t *testing.T, patch []byte) []jsonpatch.Operation {
	t.Helper()
	var out []jsonpatch.Operation
	if len(patch) > 0 {
		require.NoError(t, json.Unmarshal(patch, &out))
	}
	return out
}

func encoded(t *testing.T, d *v1alpha1.OllamaDeployment) string {
	t.Helper()
	data, err := json.Marshal(d.Spec)
	require.NoError(t, err)
	return string(data)
}
