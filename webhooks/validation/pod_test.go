// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// What the cluster lacks is refused. Stored objects stay.
func TestClusterLacks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ollama string
		opts   Options
		err    string
	}{
		"claims of devices, before Kubernetes 1.34": {
			ollama: `pod: {resourceClaims: [{name: gpu, resourceClaimName: A}]}`,
			opts:   Options{NoResourceClaims: true},
			err:    "spec.ollama.pod.resourceClaims: Forbidden: the cluster has no resource.k8s.io/v1, which Kubernetes has from 1.34 on; remove them, and request devices in resources.limits",
		},
		"image volumes, before Kubernetes 1.35": {
			ollama: `modelImages: [{reference: "models:1"}]`,
			opts:   Options{NoImageVolumes: true},
			err:    "spec.ollama.modelImages: Forbidden: the cluster has no image volumes, which Kubernetes has by default from 1.35 on; remove them, and have the models pulled",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack}, spec: {ollama: {models: ["llama2:7b"], `+tc.ollama+`}, openwebui: {pod: {}}}}`))
			_, errs := ValidateCreate(d, nil, tc.opts)
			assert.Equal(t, []string{tc.err}, texts(errs))

			updated := d.DeepCopy()
			updated.Spec.Ollama.Replicas = new(int32(2))
			_, errs = ValidateUpdate(updated, d, nil, tc.opts)
			assert.Empty(t, texts(errs))
		})
	}
}
