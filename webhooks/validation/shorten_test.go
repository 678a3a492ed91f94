// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Long keys in paths and long hosts in lists are truncated in errors.
func TestErrorsTruncatePathsAndLists(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	d := fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"]}, openwebui: {ingress: {host: a.example.com}}}}`)
	d.Spec.Ollama.Resources = &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceName(long): resource.MustParse("1")}}
	d.Spec.OpenWebUI.Ingress.TLS = &networkingv1.IngressTLS{Hosts: []string{long}}
	_, errs := ValidateCreate(fixtures.Defaulted(d), nil, Options{})
	assert.GreaterOrEqual(t, len(errs), 2)
	for _, err := range errs {
		assert.Less(t, len(err.Error()), 5000)
	}
}
