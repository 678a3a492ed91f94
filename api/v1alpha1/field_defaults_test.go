// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A defaulted object has all of its defaults, and derived ones are explained.
func TestFieldDefaults(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, stack))
	derived := 0
	for _, row := range d.FieldDefaults() {
		assert.Equal(t, row.Path != "spec.tabby.enabled", row.Applies, row.Path)
		assert.Equal(t, len(row.From) > 0, row.Rule != "", row.Path)
		if len(row.From) > 0 {
			derived++
			assert.False(t, row.InSchema, row.Path)
		}
	}
	assert.GreaterOrEqual(t, derived, 5)
}

// The defaults of the reference are those of the object, and no others.
func TestFieldDefaultsOfReference(t *testing.T) {
	t.Parallel()
	table := fixtures.Defaults(t)
	var want, got []string
	for _, row := range table.Defaults {
		if row.Default != nil {
			want = append(want, row.Field)
		}
	}
	for _, row := range fixtures.Defaulted(fixtures.Parse(t, table.Object)).FieldDefaults() {
		assert.True(t, row.Applies, row.Path)
		got = append(got, row.Path)
	}
	assert.ElementsMatch(t, want, got)
}

// Values that are set are not defaults, and absent components have none.
func TestFieldDefaultsOfSetFields(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, stack))
	d.Spec.Ollama.Replicas = new(int32(2))
	d.Spec.Ollama.Resources.Limits = corev1.ResourceList{"memory": resource.MustParse("8Gi")}
	d.Spec.Tabby = nil
	paths := map[string]bool{}
	for _, row := range d.FieldDefaults() {
		paths[row.Path] = row.Applies
	}
	assert.False(t, paths["spec.ollama.replicas"])
	assert.True(t, paths["spec.ollama.image"])
	assert.False(t, paths["spec.ollama.resources.requests.memory"], "there is none with a limit")
	assert.NotContains(t, paths, "spec.tabby.modelName")
	assert.NotContains(t, paths, "spec.openwebui.replicas")
}
