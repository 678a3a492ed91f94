// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	admissionv1 "k8s.io/api/admission/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Parsing, rounding or comparing a number with a large exponent can take minutes and gigabytes. The
// webhooks reject such a number before they parse it.
func TestLargeExponents(t *testing.T) {
	t.Parallel()
	for name, resources := range map[string]string{
		"large exponent":            `"limits":{"memory":"1e30000000"}`,
		"small exponent":            `"requests":{"memory":"1e-30000000"}`,
		"unquoted":                  `"limits":{"memory":1e30000000}`,
		"escaped letters":           `"limits":{"memory":"1\u0065100000000"}`,
		"escaped digits":            `"limits":{"memory":"1e\u0031\u003000000000"}`,
		"space before the exponent": `"limits":{"memory":"1 e-2000000000"}`,
		"page size":                 `"limits":{"hugepages-1e-2000000000":1}`,
		"page size beyond 2^63":     `"limits":{"hugepages-1e64":"1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := `{"apiVersion":"llm.geeper.io/v1alpha1","kind":"OllamaDeployment","metadata":{"name":"a"},"spec":{"ollama":{"models":["llama2:7b"],"resources":{` + resources + `}}}}`
			repaired := strings.Replace(object, resources, "", 1)
			rejected := false
			for _, hook := range []admission.Handler{defaulter{}, validator{}} {
				req := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{UID: "1", Operation: admissionv1.Create}}
				req.Object.Raw = []byte(object)
				response := hook.Handle(t.Context(), req)
				rejected = rejected || !response.Allowed
				req.Operation, req.OldObject.Raw = admissionv1.Update, []byte(object)
				req.Object.Raw = []byte(repaired)
				assert.True(t, hook.Handle(t.Context(), req).Allowed, "a stored object can be repaired")
			}
			assert.True(t, rejected)
		})
	}
}
