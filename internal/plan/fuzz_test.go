// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Whatever two objects are, there is a plan from one to the other, and none from one to itself.
func FuzzCompute(f *testing.F) {
	for _, name := range fixtures.Samples() {
		data, err := json.Marshal(fixtures.Sample(f, name))
		require.NoError(f, err)
		f.Add(data, []byte(`{}`))
	}
	for _, tc := range edits {
		data, err := yaml.YAMLToJSON([]byte(tc.object))
		require.NoError(f, err)
		patch, err := yaml.YAMLToJSON([]byte(tc.patch))
		require.NoError(f, err)
		f.Add(data, patch)
		f.Add(data, data)
	}
	f.Fuzz(func(t *testing.T, stored, object []byte) {
		d, old := &v1alpha1.OllamaDeployment{}, &v1alpha1.OllamaDeployment{}
		if json.Unmarshal(object, d) != nil || json.Unmarshal(stored, old) != nil || len(d.Spec.Ollama.Models)+len(old.Spec.Ollama.Models) > 100 {
			t.Skip("not two objects of usual size")
		}
		d.Name, d.Namespace = old.Name, old.Namespace
		d.DefaultUpdate(old)
		checkProperties(t, old, d)
	})
}
