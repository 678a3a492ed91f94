// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The children of every object whose name is accepted have names that Kubernetes accepts for all their kinds, and each
// component its own.
func FuzzName(f *testing.F) {
	for _, name := range []string{"stack", "a", "a-", "-a", "A", "1a", "a.b", "a-ollama", "é", "a\n", "a b", "xn--a", "", "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxy"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		d := &v1alpha1.OllamaDeployment{}
		d.Name = name
		if name == "" || len(validateName(d)) > 0 {
			return
		}
		seen := map[string]bool{}
		for _, component := range v1alpha1.ComponentNames() {
			child := v1alpha1.ChildName(name, component)
			assert.Empty(t, utilvalidation.IsDNS1035Label(child), child)
			assert.False(t, seen[child])
			seen[child] = true
			for _, value := range v1alpha1.SelectorLabels(name, component) {
				assert.Empty(t, utilvalidation.IsValidLabelValue(value))
			}
		}
	})
}

// An image and a tag that are accepted are the name and the tag of one reference, whatever they are.
func FuzzImage(f *testing.F) {
	for _, seed := range [][2]string{
		{"ollama/ollama", "0.12.6"},
		{"registry.example.com:5000/a/b", "latest@sha256:" + strings.Repeat("0", 64)},
		{"a", "_"},
		{"[::1]:80/a", "1"},
		{"A/b", "-"},
		{"a:1", ""},
		{"a b", "a b"},
		{"a@sha256:0", "@sha256:0"},
		{"é", "é"},
		{"a\n", "1\n"},
		{strings.Repeat("a", 64), "1"},
		{"docker.io/library/a", "x"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, image, tag string) {
		if explainImage(image) != "" || explainImageTag(tag) != "" {
			return
		}
		_, err := reference.ParseNormalizedNamed(image + ":" + tag)
		require.NoError(t, err)
		name, rest := splitImage(image + ":" + tag)
		assert.Equal(t, image, name)
		assert.Equal(t, tag, rest)
		assert.NotEmpty(t, explainImage(image+":"+tag))
		assert.Equal(t, -1, strings.IndexFunc(image+tag, func(r rune) bool { return r <= ' ' || r > '~' }))
	})
}
