// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// The unmodified examples of the reference become ready, and applying them again, with any kind of apply,
// changes nothing.
func TestReferenceExamples(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	k.ok(t, "", "create", "namespace", "ai-models")
	t.Cleanup(func() { k.run(t, "", "delete", "namespace", "ai-models", "--wait=false") })
	for _, tc := range []struct{ example, object, namespace string }{
		{"minimal", "ollamadeployment.llm.geeper.io/minimal-ollama", k.namespace},
		{"full", "ollamadeployment.llm.geeper.io/full-ollama", "ai-models"},
		{"tabby", "deployment.llm.geeper.io/tabby-example", "default"},
		{"tabby-advanced", "deployment.llm.geeper.io/production-tabby", "ai-models"},
	} {
		t.Run(tc.example, func(t *testing.T) {
			t.Parallel()
			k := k.in(tc.namespace)
			data, err := os.ReadFile(fixtures.ReferencePath(tc.example))
			require.NoError(t, err)
			yaml := string(data)
			assert.Equal(t, tc.object+" created\n", k.ok(t, yaml, "apply", "-f", "-"))
			t.Cleanup(func() { k.ok(t, "", "delete", tc.object) })
			k.ok(t, "", "wait", "--for=condition=Ready", tc.object, "--timeout="+patience.String())
			generation := k.get(t, tc.object, ".metadata.generation")
			assert.Equal(t, generation, k.get(t, tc.object, ".status.observedGeneration"))

			assert.Equal(t, tc.object+" unchanged\n", k.ok(t, yaml, "apply", "-f", "-"))
			k.noDiff(t, yaml)
			server := []string{"--server-side", "--field-manager=gitops", "--force-conflicts"}
			k.noDiff(t, yaml, server...)
			k.ok(t, yaml, append([]string{"apply", "-f", "-"}, server...)...)
			k.noDiff(t, yaml, server...)
			k.noDiff(t, yaml)
			assert.Equal(t, generation, k.get(t, tc.object, ".metadata.generation"))
		})
	}
}
