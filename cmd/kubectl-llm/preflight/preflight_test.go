// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package preflight

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// object returns a stored object as JSON.
func object(t *testing.T, kind, spec string) []byte {
	t.Helper()
	d := fixtures.Defaulted(fixtures.Parse(t, fmt.Sprintf("apiVersion: llm.geeper.io/v1alpha1\nkind: %s\nmetadata: {name: stack, namespace: team, uid: u}\nspec: %s\n", kind, spec)))
	data, err := json.Marshal(d)
	require.NoError(t, err)
	return data
}

func newChecker(t *testing.T, definition []byte) *Checker {
	t.Helper()
	admission, err := check.NewFor(definition, validation.Options{})
	require.NoError(t, err)
	return New(admission, render.Options{})
}

// A rule that only a newer version has finds the objects that it refuses, and no others.
func TestCheckNewerRule(t *testing.T) {
	t.Parallel()
	newer := strings.Replace(string(crd.OllamaDeployments), "maximum: 10\n", "maximum: 3\n", 1)
	c := newChecker(t, []byte(newer))
	for replicas := 1; replicas <= 10; replicas++ {
		o, err := c.Check(v1alpha1.Kind, object(t, v1alpha1.Kind, fmt.Sprintf(`{ollama: {models: ["llama2:7b"], replicas: %d}}`, replicas)), &Children{})
		require.NoError(t, err)
		assert.Empty(t, o.Refused)
		if replicas <= 3 {
			assert.Empty(t, o.Tolerated)
			continue
		}
		require.Len(t, o.Tolerated, 1)
		assert.Equal(t, "spec.ollama.replicas", o.Tolerated[0].Path)
	}
}

func TestCheckChildren(t *testing.T) {
	t.Parallel()
	configMap := func(controller types.UID) *corev1.ConfigMap {
		m := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "stack-openwebui", Namespace: "team", Labels: map[string]string{v1alpha1.LabelOwner: "stack"}}}
		if controller != "" {
			m.OwnerReferences = []metav1.OwnerReference{{UID: controller, Controller: new(true)}}
		}
		return m
	}
	const spec = `{ollama: {models: ["llama2:7b"]}}`
	for name, tc := range map[string]struct {
		kind string
		live *corev1.ConfigMap
		want []string
	}{
		"none":                   {v1alpha1.Kind, nil, []string{"created ConfigMap stack-ollama", "created Service stack-ollama", "created Deployment stack-ollama"}},
		"ours":                   {v1alpha1.Kind, configMap("u"), []string{"created ConfigMap stack-ollama", "created Service stack-ollama", "created Deployment stack-ollama", "deleted ConfigMap stack-openwebui"}},
		"orphaned":               {v1alpha1.Kind, configMap(""), []string{"created ConfigMap stack-ollama", "created Service stack-ollama", "created Deployment stack-ollama", "deleted ConfigMap stack-openwebui"}},
		"of another":             {v1alpha1.Kind, configMap("other"), []string{"created ConfigMap stack-ollama", "created Service stack-ollama", "created Deployment stack-ollama"}},
		"of the deprecated kind": {v1alpha1.KindAlias, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var children Children
			if tc.live != nil {
				require.NoError(t, children.Add(tc.live))
			}
			merged := Merge([]Children{{}, children})
			o, err := newChecker(t, crd.OllamaDeployments).Check(tc.kind, object(t, tc.kind, spec), &merged)
			require.NoError(t, err)
			var got []string
			for _, child := range o.Children {
				got = append(got, string(child.Action)+" "+child.Kind+" "+child.Name)
				assert.Nil(t, child.After)
			}
			assert.Equal(t, tc.want, got)
			assert.Empty(t, o.Changes)
		})
	}
}

// An object without a default of this version gets it, and one that is being deleted gets nothing.
func TestCheckDefaults(t *testing.T) {
	t.Parallel()
	c := newChecker(t, crd.OllamaDeployments)
	stored := `{"apiVersion":"llm.geeper.io/v1alpha1","kind":"Deployment","metadata":{"name":"stack"%s},"spec":{"ollama":{"models":["llama2:7b"],"service":{"port":80}}}}`
	o, err := c.Check(v1alpha1.KindAlias, fmt.Appendf(nil, stored, ""), &Children{})
	require.NoError(t, err)
	assert.Contains(t, o.Changes, plan.Field{Path: "spec.ollama.service.type", After: json.RawMessage(`"ClusterIP"`)})
	o, err = c.Check(v1alpha1.KindAlias, fmt.Appendf(nil, stored, `,"deletionTimestamp":"2026-01-02T03:04:05Z"`), &Children{})
	require.NoError(t, err)
	assert.False(t, o.Affected())
	_, err = c.Check(v1alpha1.KindAlias, []byte("[]"), &Children{})
	require.ErrorContains(t, err, "reading a stored object: ")
}
