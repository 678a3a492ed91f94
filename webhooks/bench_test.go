package webhooks

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// BenchmarkAdmission measures a request from the bytes of the AdmissionReview to
// those of the response. "floor" is what any webhook has to do: decode the review
// and the object, and encode both.
func BenchmarkAdmission(b *testing.B) {
	for _, sample := range []string{"minimal", "full"} {
		raw, err := json.Marshal(fixtures.Sample(b, sample))
		require.NoError(b, err)
		stored, err := json.Marshal(fixtures.Defaulted(fixtures.Sample(b, sample)))
		require.NoError(b, err)
		b.Run(sample+"/mutate", func(b *testing.B) { serve(b, Mutating(Options{}), reviewOf(b, raw)) })
		b.Run(sample+"/mutate-floor", func(b *testing.B) { floor(b, reviewOf(b, raw)) })
		b.Run(sample+"/validate", func(b *testing.B) { serve(b, Validating(Options{}), reviewOf(b, stored)) })
		b.Run(sample+"/validate-floor", func(b *testing.B) { floor(b, reviewOf(b, stored)) })
	}
}

func reviewOf(b *testing.B, object []byte) []byte {
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

func serve(b *testing.B, handler http.Handler, body []byte) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		if recorder.Code != http.StatusOK || !bytes.Contains(recorder.Body.Bytes(), []byte(`"allowed":true`)) {
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
