// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

const webUI = `
metadata: {name: stack, namespace: team}
spec:
  ollama: {models: ["llama3.2:3b"], imageTag: "0.11", resources: {requests: {storage: 10Gi}, limits: {memory: 8Gi}}}
  openwebui: {enabled: true, imageTag: v1, ingress: {enabled: true, host: chat.example.com}}
`

// updateReview returns the AdmissionReview of an update of what edit changes.
func updateReview(t testing.TB, edit func(*v1alpha1.OllamaDeployment)) []byte {
	t.Helper()
	return updateReviewOf(t, fixtures.Defaulted(fixtures.Parse(t, webUI)), edit)
}

func updateReviewOf(t testing.TB, old *v1alpha1.OllamaDeployment, edit func(*v1alpha1.OllamaDeployment)) []byte {
	t.Helper()
	d := old.DeepCopy()
	edit(d)
	d.DefaultUpdate(old)
	before, err := json.Marshal(old)
	require.NoError(t, err)
	after, err := json.Marshal(d)
	require.NoError(t, err)
	var review admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal(reviewOf(t, after), &review))
	review.Request.Operation, review.Request.OldObject = admissionv1.Update, runtime.RawExtension{Raw: before}
	data, err := json.Marshal(review)
	require.NoError(t, err)
	return data
}

// An update that stops serving pods, loses an address or pulls everything anew is accepted with one line that says so.
func TestConsequence(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		edit func(*v1alpha1.OllamaDeployment)
		want []string
	}{
		"nothing":     {func(*v1alpha1.OllamaDeployment) {}, nil},
		"only a file": {func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "llama3.2:1b") }, nil},
		"pods away": {
			func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.ImageTag = new("0.12") },
			[]string{"spec.ollama.imageTag: restarts Ollama, which is away meanwhile because its volume can be used by one pod at a time"},
		},
		"pods replaced one by one": {func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.ImageTag = new("v2") }, nil},
		"pulled anew": {
			func(d *v1alpha1.OllamaDeployment) { delete(d.Spec.Ollama.Resources.Requests, "storage") },
			[]string{"spec.ollama.resources.requests[storage]: restarts Ollama, and all models are pulled anew"},
		},
		"an address lost": {
			func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.Ingress.Host = "talk.example.com" },
			[]string{"spec.openwebui.ingress.host: http://chat.example.com becomes http://talk.example.com"},
		},
		"a component less": {
			func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.Enabled = new(false) },
			[]string{"spec.openwebui.enabled: stops Open WebUI"},
		},
		"what is refused": {func(d *v1alpha1.OllamaDeployment) {
			d.Spec.Ollama.ImageTag, d.Spec.Ollama.Models = new("0.12"), []v1alpha1.OllamaModel{"a"}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(updateReview(t, tc.edit))))
			request.Header.Set("Content-Type", "application/json")
			recorder := httptest.NewRecorder()
			Validating(validation.Options{}).ServeHTTP(recorder, request)
			var review admissionv1.AdmissionReview
			require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &review))
			assert.Equal(t, name != "what is refused", review.Response.Allowed)
			assert.Equal(t, tc.want, review.Response.Warnings)
		})
	}
}

// manyVariables returns an object with 64 variables of the size, and an update that changes a number of them and a tag.
func manyVariables(t testing.TB, size, changed int) (old *v1alpha1.OllamaDeployment, edit func(*v1alpha1.OllamaDeployment)) {
	t.Helper()
	old = fixtures.Parse(t, webUI)
	for i := range 64 {
		old.Spec.Ollama.EnvVars = append(old.Spec.Ollama.EnvVars, corev1.EnvVar{Name: fmt.Sprintf("A%d", i), Value: strings.Repeat("x", size)})
	}
	return fixtures.Defaulted(old), func(d *v1alpha1.OllamaDeployment) {
		d.Spec.Ollama.ImageTag = new("0.12")
		for i := range changed {
			d.Spec.Ollama.EnvVars[i].Value += "y"
		}
	}
}

// warningsOf returns the warnings of an update that is accepted.
func warningsOf(ctx context.Context, t *testing.T, body []byte) []string {
	t.Helper()
	var review admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal(body, &review))
	d, _, err := validation.Decode(review.Request.Object.Raw)
	require.NoError(t, err)
	old, _, err := validation.Decode(review.Request.OldObject.Raw)
	require.NoError(t, err)
	line := consequence(ctx, admission.Request{AdmissionRequest: *review.Request}, d, old)
	if line == "" {
		return nil
	}
	return []string{line}
}

// The API server does not wait for the plan of an update of large objects, or one that it has given up.
func TestConsequenceIsBounded(t *testing.T) {
	t.Parallel()
	old, edit := manyVariables(t, 500, 64)
	assert.Equal(t, []string{"spec.ollama: restarts Ollama, which is away meanwhile because its volume can be used by one pod at a time"},
		warningsOf(t.Context(), t, updateReviewOf(t, old, edit)))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Empty(t, warningsOf(done, t, updateReviewOf(t, old, edit)))
	old, edit = manyVariables(t, maxPlannedBytes/64, 1)
	assert.Empty(t, warningsOf(t.Context(), t, updateReviewOf(t, old, edit)))
}

// Nothing is known of the pods of a paused object, but that something was held back.
func TestConsequenceOfPausedObjects(t *testing.T) {
	t.Parallel()
	resume := func(d *v1alpha1.OllamaDeployment) { d.Spec.Paused, d.Spec.Ollama.ImageTag = nil, new("0.12") }
	old := fixtures.Defaulted(fixtures.Parse(t, webUI))
	old.Spec.Paused = new(true)
	assert.Empty(t, warningsOf(t.Context(), t, updateReviewOf(t, old, resume)))
	old.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Reason: v1alpha1.ReasonPaused}}
	assert.Equal(t, []string{"spec.paused: applies what was held back"}, warningsOf(t.Context(), t, updateReviewOf(t, old, resume)))
	assert.Empty(t, warningsOf(t.Context(), t, updateReviewOf(t, old, func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.ImageTag = new("0.12") })))
}

// An object that cannot be rendered makes no update fail.
func TestConsequenceOfAnything(t *testing.T) {
	t.Parallel()
	assert.Empty(t, consequence(t.Context(), admission.Request{}, &v1alpha1.OllamaDeployment{}, &v1alpha1.OllamaDeployment{Spec: v1alpha1.OllamaDeploymentSpec{Trust: &v1alpha1.TrustSpec{}}}))
}
