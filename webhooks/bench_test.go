// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// BenchmarkAdmission measures requests from the bytes of the AdmissionReview to those of the response.
// "floor" measures what every webhook does: decode the review and the object, and encode both.
func BenchmarkAdmission(b *testing.B) {
	for _, sample := range []string{"minimal", "full"} {
		raw, err := json.Marshal(fixtures.Sample(b, sample))
		require.NoError(b, err)
		stored, err := json.Marshal(fixtures.Defaulted(fixtures.Sample(b, sample)))
		require.NoError(b, err)
		b.Run(sample+"/mutate", func(b *testing.B) { serve(b, Mutating(validation.Options{}), reviewOf(b, raw), true) })
		b.Run(sample+"/mutate-floor", func(b *testing.B) { floor(b, reviewOf(b, raw)) })
		b.Run(sample+"/validate", func(b *testing.B) { serve(b, Validating(validation.Options{}), reviewOf(b, stored), true) })
		b.Run(sample+"/validate-floor", func(b *testing.B) { floor(b, reviewOf(b, stored)) })
	}
}

// BenchmarkLargest measures the largest accepted object, with full lists and values of 20 kB, and a
// rejected object of 3 MiB, the largest request of the API server.
func BenchmarkLargest(b *testing.B) {
	largest := fixtures.Parse(b, "{metadata: {name: stack}, spec: {ollama: {}, openwebui: {ingress: {annotations: {}}}, tabby: {}}}")
	text := strings.Repeat("x", 20_000)
	for i := range 100 {
		largest.Spec.Ollama.Models = append(largest.Spec.Ollama.Models, v1alpha1.OllamaModel(fmt.Sprintf("m%d:7b", i)))
	}
	for i := range 64 {
		name := fmt.Sprintf("n%d", i)
		largest.Spec.OpenWebUI.Ingress.Annotations[name] = text[:4000]
		tabby := largest.Spec.Tabby
		tabby.EnvVars = append(tabby.EnvVars, corev1.EnvVar{Name: name, Value: text})
		tabby.Volumes = append(tabby.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
		tabby.VolumeMounts = append(tabby.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: "/" + name})
	}
	accepted, err := json.Marshal(largest)
	require.NoError(b, err)
	stored, err := json.Marshal(fixtures.Defaulted(largest.DeepCopy()))
	require.NoError(b, err)
	tooLong := fixtures.Parse(b, "{metadata: {name: stack}, spec: {ollama: {}}}")
	for range 3 << 20 / len(`"m:7b",`) {
		tooLong.Spec.Ollama.Models = append(tooLong.Spec.Ollama.Models, "m:7b")
	}
	rejected, err := json.Marshal(tooLong)
	require.NoError(b, err)
	b.Run("accepted/mutate", func(b *testing.B) { serve(b, Mutating(validation.Options{}), reviewOf(b, accepted), true) })
	b.Run("accepted/mutate-floor", func(b *testing.B) { floor(b, reviewOf(b, accepted)) })
	b.Run("accepted/validate", func(b *testing.B) { serve(b, Validating(validation.Options{}), reviewOf(b, stored), true) })
	b.Run("accepted/validate-floor", func(b *testing.B) { floor(b, reviewOf(b, stored)) })
	b.Run("rejected/mutate", func(b *testing.B) { serve(b, Mutating(validation.Options{}), reviewOf(b, rejected), false) })
	b.Run("rejected/validate", func(b *testing.B) { serve(b, Validating(validation.Options{}), reviewOf(b, rejected), false) })
	b.Run("rejected/floor", func(b *testing.B) { floor(b, reviewOf(b, rejected)) })
}

func reviewOf(b testing.TB, object []byte) []byte {
	b.Helper()
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID: types.UID("705ab4f5-6393-11e8-b7cc-42010a800002"), Operation: admissionv1.Create,
			Kind: metav1.GroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind)),
			Name: "stack", Namespace: "team", Object: runtime.RawExtension{Raw: object},
		},
	}
	data, err := json.Marshal(review)
	require.NoError(b, err)
	return data
}

func serve(b *testing.B, handler http.Handler, body []byte, allowed bool) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		if recorder.Code != http.StatusOK || !bytes.Contains(recorder.Body.Bytes(), fmt.Appendf(nil, `"allowed":%t`, allowed)) {
			b.Fatal(recorder.Body.String())
		}
	}
}

func floor(b *testing.B, body []byte) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		var review admissionv1.AdmissionReview
		if err := json.Unmarshal(body, &review); err != nil {
			b.Fatal(err)
		}
		var d v1alpha1.OllamaDeployment
		if err := json.Unmarshal(review.Request.Object.Raw, &d); err != nil {
			b.Fatal(err)
		}
		object, err := json.Marshal(&d)
		if err != nil {
			b.Fatal(err)
		}
		review.Response = &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true, Patch: object}
		review.Request = nil
		if _, err := json.Marshal(review); err != nil {
			b.Fatal(err)
		}
	}
}
