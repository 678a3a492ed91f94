// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// BenchmarkUpdate measures the validation of an update that restarts a pod, and of one that restarts none.
func BenchmarkUpdate(b *testing.B) {
	for name, edit := range map[string]func(*v1alpha1.OllamaDeployment){
		"restart": func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.ImageTag = new("0.12") },
		"models":  func(d *v1alpha1.OllamaDeployment) { d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "llama3.2:1b") },
	} {
		b.Run(name, func(b *testing.B) { serve(b, Validating(validation.Options{}), updateReview(b, edit), true) })
	}
}

// BenchmarkLargeUpdate measures the validation of updates of an object that is almost as large as those with a warning,
// of which as many fields change as are tried alone, or all variables; and of a larger one.
func BenchmarkLargeUpdate(b *testing.B) {
	for name, tc := range map[string]struct{ size, changed int }{
		"tried": {800, 7}, "not-tried": {800, 64}, "not-planned": {20_000, 64},
	} {
		old, edit := manyVariables(b, tc.size, tc.changed)
		b.Run(name, func(b *testing.B) { serve(b, Validating(validation.Options{}), updateReviewOf(b, old, edit), true) })
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

func serve(b *testing.B, hook *admission.Webhook, body []byte, allowed bool) {
	b.Helper()
	b.ReportAllocs()
	sent := call{endpoint: endpoint{newLimits(), hook}, review: body}
	for b.Loop() {
		if response := sent.mustHandle(); !bytes.Contains(response, fmt.Appendf(nil, `"allowed":%t`, allowed)) {
			b.Fatal(string(response))
		}
	}
}

func floor(b *testing.B, body []byte) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		call{review: body}.mustFloor()
	}
}
