// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Whatever is stored, as --against reads it, and whatever is applied to it: the findings are within the manifest, and
// what is stored in the end is not refused again for a field that stays the same.
func FuzzCheckUpdate(f *testing.F) {
	for _, name := range fixtures.Samples() {
		data, err := os.ReadFile(fixtures.SamplePath(name))
		require.NoError(f, err)
		f.Add(string(data), string(data))
	}
	for i, tc := range fixtures.Rules(f) {
		if i%10 > 0 {
			continue // each takes some milliseconds
		}
		f.Add(tc.Object("stack"), "{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: stack}, spec: {ollama: {models: [\"llama2:7b\"]}}}")
	}
	checker, err := New(validation.Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text, against string) {
		objects, _ := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
		others, _ := manifest.Parse(manifest.File{Name: "b.yaml", Data: []byte(against)})
		if len(objects) != 1 || len(others) != 1 || !IsOllamaDeployment(objects[0]) || !IsOllamaDeployment(others[0]) {
			t.Skip("not two objects")
		}
		stored, err := checker.Store(others[0])
		if err != nil {
			return
		}
		result := checker.CheckUpdate(objects[0], stored)
		lines := len(manifest.LineStarts([]byte(text)))
		for _, finding := range result.Findings {
			assert.Positive(t, finding.Line)
			assert.Positive(t, finding.Column)
			assert.LessOrEqual(t, finding.Line, lines+1)
			assert.NotEmpty(t, finding.Message)
		}
		same, err := checker.Store(objects[0])
		if err != nil || result.JSON == nil {
			return
		}
		assert.False(t, checker.CheckUpdate(objects[0], same).Rejected() && !checker.Check(objects[0]).Rejected(), "an update that changes nothing is refused")
	})
}
