// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Debt is what an update that changes nothing would warn of.
func TestDebt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec             string
		opts             Options
		errs, deprecated []string
	}{
		"none": {spec: `{ollama: {models: ["llama2:7b"]}}`},
		"errors": {
			spec: `{ollama: {models: ["llama2:7b", "library/llama2:7b"], volumes: [{name: a, hostPath: {path: /a}}]}}`,
			errs: []string{
				`spec.ollama.models[1]: Duplicate value: "library/llama2:7b": is the same model as "llama2:7b" in spec.ollama.models[0]`,
				`spec.ollama.volumes[0].hostPath: Forbidden: hostPath volumes are not allowed; use a persistentVolumeClaim, or ask the cluster's administrator to run the operator with --allow-host-path`,
			},
		},
		"allowed": {spec: `{ollama: {models: ["llama2:7b"], volumes: [{name: a, hostPath: {path: /a}}]}}`, opts: Options{AllowHostPath: true}},
		"deprecated": {
			spec: `{ollama: {models: ["llama2:7b"], servicePort: 80, serviceType: NodePort, service: {type: ClusterIP}}}`,
			deprecated: []string{
				`spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`,
				`spec.ollama.serviceType: deprecated and ignored; "spec.ollama.service.type" takes precedence, and is "ClusterIP"`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Parse(t, "{metadata: {name: stack}, spec: "+tc.spec+"}")
			before := d.DeepCopy()
			errs, deprecated := Debt(d, tc.opts)
			assert.Equal(t, tc.errs, texts(errs))
			assert.Equal(t, tc.deprecated, warningTexts(deprecated))
			assert.Equal(t, before, d, "it is not changed")
		})
	}
}
