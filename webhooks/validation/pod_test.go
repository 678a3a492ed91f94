// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Clusters before Kubernetes 1.34 have no claims of devices. Stored ones stay.
func TestNoResourceClaims(t *testing.T) {
	t.Parallel()
	opts := Options{NoResourceClaims: true}
	d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], pod: {resourceClaims: [{name: gpu, resourceClaimName: A}]}}, openwebui: {pod: {}}}}`))
	_, errs := ValidateCreate(d, nil, opts)
	assert.Equal(t, []string{
		"spec.ollama.pod.resourceClaims: Forbidden: the cluster has no resource.k8s.io/v1, which Kubernetes has from 1.34 on; remove them, and request devices in resources.limits",
	}, texts(errs))

	updated := d.DeepCopy()
	updated.Spec.Ollama.Replicas = new(int32(2))
	_, errs = ValidateUpdate(updated, d, nil, opts)
	assert.Empty(t, texts(errs))
}
