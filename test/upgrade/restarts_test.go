// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
)

// A restart is a component whose pods an upgrade restarts, or the way back.
type restart struct {
	component v1alpha1.ComponentName
	// changelog is the sentence of CHANGELOG.md that announces it.
	changelog string
}

// restartsSinceRealNode lists what restarts between the version before the pods ran on a real node and this one.
var restartsSinceRealNode = []restart{
	{component: v1alpha1.ComponentOllama, changelog: "Ollama's pods move to the new pull: they restart once"},
}

// assertRestarts asserts that exactly the listed pods restarted.
func assertRestarts(t *testing.T, listed []restart, before, after state) {
	t.Helper()
	for name, deployment := range before.deployments {
		now, found := after.deployments[name]
		if !found {
			continue // reported as lost
		}
		diff := templateDiff(t, deployment.Spec.Template, now.Spec.Template)
		if isListed(listed, deployment) {
			assert.NotEmpty(t, diff, "the pods of %s did not restart, but the changelog says so", name)
			continue
		}
		if diff != "" {
			t.Errorf("the pods of %s restarted, because their template changed, which the changelog does not say:\n%s", name, diff)
			continue
		}
		assert.Equal(t, before.pods[name], after.pods[name], "the pods of %s were replaced, but their template is the same", name)
	}
}

func isListed(listed []restart, deployment appsv1.Deployment) bool {
	return slices.ContainsFunc(listed, func(r restart) bool {
		return string(r.component) == deployment.Labels[v1alpha1.LabelComponent]
	})
}

// templateDiff returns the difference of two pod templates, which is empty if pods do not restart.
func templateDiff(t *testing.T, before, after corev1.PodTemplateSpec) string {
	t.Helper()
	if equality.Semantic.DeepEqual(before, after) {
		return ""
	}
	a, err := yaml.Marshal(before)
	require.NoError(t, err)
	b, err := yaml.Marshal(after)
	require.NoError(t, err)
	diff, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(string(a)), FromFile: "before", B: difflib.SplitLines(string(b)), ToFile: "after", Context: 2,
	})
	require.NoError(t, err)
	return diff
}

// Each restart is announced.
func TestRestartsAreInTheChangelog(t *testing.T) {
	root, err := cluster.Root()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	require.NoError(t, err)
	for _, v := range versions {
		for _, r := range slices.Concat(v.up, v.back) {
			require.NotEmpty(t, r.changelog)
			assert.Contains(t, words(string(text)), words(r.changelog))
		}
	}
}

// words returns the text with single spaces.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }
