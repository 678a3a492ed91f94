// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// reviewWithLog returns the response to a request of the user alice, and what was logged.
func reviewWithLog(t *testing.T, hook *admission.Webhook, object string, dryRun bool) (admission.Response, string) {
	t.Helper()
	var text bytes.Buffer
	hook.LogConstructor = admission.DefaultLogConstructor
	logger := zap.New(zap.WriteTo(&text))
	req := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		UID: "1", Operation: admissionv1.Create, Namespace: "team", Name: "stack", DryRun: new(dryRun),
		UserInfo: authenticationv1.UserInfo{Username: "alice"},
	}}
	req.Object.Raw = toJSON(t, object)
	handler := hook.Handler
	return handler.Handle(log.IntoContext(t.Context(), admission.DefaultLogConstructor(logger, &req)), req), text.String()
}

func TestCountersAndAccessLog(t *testing.T) {
	t.Parallel()
	mutating := Mutating(validation.Options{})
	rejected := func(field, reason, dryRun string) float64 {
		return testutil.ToFloat64(refusedTotal.WithLabelValues(field, reason, dryRun))
	}
	before := rejected("spec.ollama.models", "FieldValueInvalid", "true")
	response, text := reviewWithLog(t, mutating, header+`
spec:
  ollama: {models: ["s3cr3t", "s3cr3t too"], resources: {requests: {s3cr3t: 1}}}
`, true)
	require.False(t, response.Allowed)
	assert.InDelta(t, before+2, rejected("spec.ollama.models", "FieldValueInvalid", "true"), 0)
	assert.InDelta(t, 1, rejected("spec.ollama.resources.requests", "FieldValueInvalid", "true"), 0)
	assert.Zero(t, rejected("spec.ollama.resources.requests", "FieldValueInvalid", "false"))
	for _, want := range []string{`"user":"alice"`, `"namespace":"team"`, `"name":"stack"`, `"operation":"CREATE"`, `"dryRun":true`, `"allowed":false`, `spec.ollama.models`} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "s3cr3t", "no value of a spec is logged")

	defaulted := testutil.ToFloat64(defaultedTotal.WithLabelValues("true"))
	warned := testutil.ToFloat64(warnedTotal.WithLabelValues("true"))
	response, _ = reviewWithLog(t, mutating, header+"spec: {ollama: {models: [\"llama2:7b\"]}}", true)
	require.True(t, response.Allowed)
	assert.InDelta(t, defaulted+1, testutil.ToFloat64(defaultedTotal.WithLabelValues("true")), 0)
	response, _ = reviewWithLog(t, Validating(validation.Options{}), header+"spec: {ollama: {models: [\"llama2:7b\"], imageTag: latest}}", true)
	require.True(t, response.Allowed)
	assert.InDelta(t, warned+1, testutil.ToFloat64(warnedTotal.WithLabelValues("true")), 0)
}
