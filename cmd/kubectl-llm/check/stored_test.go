// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/config/crd"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

func TestCheckStored(t *testing.T) {
	t.Parallel()
	const (
		hostPath  = "volumes: [{name: a, hostPath: {path: /a}}]"
		forbidden = "spec.ollama.volumes[0].hostPath: Forbidden: "
	)
	for name, tc := range map[string]struct {
		// crd changes the CRD.
		crd                                *strings.Replacer
		opts                               validation.Options
		meta, ollama, rest                 string
		refused, tolerated, warnings, lost []string
	}{
		"valid":           {},
		"new restriction": {ollama: hostPath, tolerated: []string{forbidden}},
		"allowed":         {ollama: hostPath, opts: validation.Options{AllowHostPath: true}},
		"removed field":   {ollama: "keepWarm: true", lost: []string{"spec.ollama.keepWarm"}},
		"being deleted":   {meta: `deletionTimestamp: "2026-01-02T03:04:05Z"`, ollama: "replicas: 99, keepWarm: true, " + hostPath},
		"lower maximum": {
			crd: strings.NewReplacer("maximum: 10\n", "maximum: 2\n"), ollama: "replicas: 3",
			tolerated: []string{"spec.ollama.replicas: Invalid value: 3: "},
		},
		"other type":             {ollama: "replicas: two", refused: []string{`spec.ollama.replicas: Invalid value: "two": `}},
		"new required field":     {crd: strings.NewReplacer("                required:\n                - models\n", "                required:\n                - models\n                - settings\n"), refused: []string{"spec.ollama.settings: Required value"}},
		"warning":                {rest: "openwebui: {enabled: true, replicas: 2, imageTag: \"1\"}", warnings: []string{"spec.openwebui.replicas: 2 pods have 2 separate SQLite databases"}},
		"long name":              {meta: "name: " + strings.Repeat("a", 60), tolerated: []string{"metadata.name: "}},
		"error of a list's item": {ollama: "envVars: [{name: A}, {name: A}]", tolerated: []string{"spec.ollama.envVars[1].name: Duplicate value"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition := string(crd.OllamaDeployments)
			if tc.crd != nil {
				changed := tc.crd.Replace(definition)
				require.NotEqual(t, definition, changed)
				definition = changed
			}
			c, err := NewFor([]byte(definition), tc.opts)
			require.NoError(t, err)
			if !strings.Contains(tc.meta, "name:") {
				tc.meta = strings.TrimSuffix("name: stack, "+tc.meta, ", ")
			}
			stored, err := yaml.YAMLToJSON([]byte(header + "metadata: {" + tc.meta + "}\nspec:\n  ollama: {models: [\"llama2:7b\"], imageTag: \"1\", resources: {limits: {memory: 8Gi}}" +
				strings.TrimSuffix(", "+tc.ollama, ", ") + "}\n  " + tc.rest + "\n"))
			require.NoError(t, err)
			s, err := c.CheckStored(stored)
			require.NoError(t, err)
			begin(t, tc.refused, texts(s.Refused))
			begin(t, tc.tolerated, texts(s.Tolerated))
			var warnings []string
			for _, warning := range s.Warnings {
				warnings = append(warnings, warning.String())
			}
			begin(t, tc.warnings, warnings)
			assert.Equal(t, tc.lost, s.Lost)
		})
	}
}

func TestCheckStoredDefaults(t *testing.T) {
	t.Parallel()
	c, err := New(validation.Options{})
	require.NoError(t, err)
	s, err := c.CheckStored([]byte(`{"metadata":{"name":"stack"},"spec":{"ollama":{"models":["llama2:7b"]}},"status":{"phase":"Ready"}}`))
	require.NoError(t, err)
	assert.Nil(t, s.Old.Spec.Ollama.Replicas)
	assert.EqualValues(t, 1, *s.New.Spec.Ollama.Replicas)
	assert.Equal(t, s.Old.Status, s.New.Status, "the status is not validated, and rendering reads it")
	_, err = c.CheckStored([]byte(`[]`))
	require.ErrorContains(t, err, "reading a stored object: ")
}

// begin asserts that each text begins as wanted.
func begin(t *testing.T, want, got []string) {
	t.Helper()
	require.Len(t, got, len(want), "%q", got)
	for i := range want {
		assert.True(t, strings.HasPrefix(got[i], want[i]), "%q, want %q", got[i], want[i])
	}
}

func texts(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, err.Error())
	}
	return out
}
