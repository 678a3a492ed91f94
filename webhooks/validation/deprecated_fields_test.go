// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Updates have these warnings and errors about deprecated fields.
func TestDeprecatedFieldsOfUpdates(t *testing.T) {
	t.Parallel()
	ollama := func(fields string) string {
		return `{ollama: {models: ["llama2:7b"], imageTag: "1", resources: {limits: {memory: 8Gi}}, ` + fields + `}}`
	}
	for name, tc := range map[string]struct {
		from, to string
		warnings []string
		errs     []string
	}{
		"no change of either":      {from: ollama(`servicePort: 80`), to: ollama(`servicePort: 80, service: {port: 80}, replicas: 2`)},
		"deprecated field changes": {from: ollama(`servicePort: 80`), to: ollama(`servicePort: 81, service: {port: 80}`)},
		"replacement changes": {
			from: ollama(`servicePort: 80`),
			to:   ollama(`servicePort: 80, service: {port: 81}`),
		},
		"both change to different values": {
			from: ollama(`servicePort: 80`),
			to:   ollama(`servicePort: 81, service: {port: 82}`),
			errs: []string{`spec.ollama.servicePort: Invalid value: 81: is deprecated in favor of spec.ollama.service.port, which is 82; remove one of them`},
		},
		"removed and replaced": {
			from: ollama(`servicePort: 80`),
			to:   ollama(`service: {port: 80}`),
		},
		"removed and not replaced": {
			from:     ollama(`servicePort: 80`),
			to:       ollama(``),
			warnings: []string{`spec.ollama.servicePort: was removed; spec.ollama.service.port, which it had set to 80, is now 11434`},
		},
		"removed with the default value": {from: ollama(`servicePort: 11434`), to: ollama(`service: {port: 11434}`)},
		"added beside the replacement": {
			from:     ollama(`service: {port: 80}`),
			to:       ollama(`service: {port: 80}, servicePort: 80`),
			warnings: []string{`spec.ollama.servicePort: deprecated; use "spec.ollama.service.port" instead`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings, errs := update(t, tc.from, tc.to)
			assert.Equal(t, tc.warnings, warnings)
			assert.Equal(t, tc.errs, texts(errs))
		})
	}
}
