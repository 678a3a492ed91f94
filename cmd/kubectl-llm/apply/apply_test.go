// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// What only the last manifest has is removed, and what others have set stays.
func TestMerge(t *testing.T) {
	t.Parallel()
	const last = "{spec: {a: 1, list: [x], map: {k: v, l: w}}}"
	for name, tc := range map[string]struct{ manifest, stored, want string }{
		"nothing changes":           {"{spec: {a: 1}}", "{spec: {a: 1}}", "{spec: {a: 1}}"},
		"a value changes":           {"{spec: {a: 2}}", "{spec: {a: 1, default: 3}}", "{spec: {a: 2, default: 3}}"},
		"a value is added":          {"{spec: {a: 1, b: 2}}", "{spec: {a: 1}}", "{spec: {a: 1, b: 2}}"},
		"a list is replaced":        {"{spec: {list: [y, z]}}", "{spec: {list: [x]}}", "{spec: {list: [y, z]}}"},
		"a null removes":            {"{spec: {a: null}}", "{spec: {a: 1}}", "{spec: {}}"},
		"a map of others stays":     {"{spec: {map: {k: v}}}", "{spec: {map: {k: v, other: w}}}", "{spec: {map: {k: v, other: w}}}"},
		"what others have set":      {last, "{spec: {a: 1, list: [x], map: {k: v, l: w}, other: 1}}", "{spec: {a: 1, list: [x], map: {k: v, l: w}, other: 1}}"},
		"an object of other fields": {"{spec: {}}", "{spec: {a: 1}}", "{spec: {a: 1}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			merged, err := Merge(toJSON(t, tc.manifest), toJSON(t, tc.stored))
			require.NoError(t, err)
			assert.Equal(t, decoded(t, tc.want), withoutAnnotation(t, merged))
		})
	}
}

func TestMergeAfterApply(t *testing.T) {
	t.Parallel()
	const last = "{spec: {a: 1, list: [x], map: {k: v, l: w}}}"
	for name, tc := range map[string]struct{ manifest, want string }{
		"all is removed":          {"{spec: {}}", "{spec: {default: 3}}"},
		"a value is removed":      {"{spec: {list: [x], map: {k: v, l: w}}}", "{spec: {list: [x], map: {k: v, l: w}, default: 3}}"},
		"a key of a map":          {"{spec: {a: 1, list: [x], map: {k: v}}}", "{spec: {a: 1, list: [x], map: {k: v}, default: 3}}"},
		"a removed value is back": {"{spec: {a: 1, list: [x], map: {k: v, l: w}, default: 3}}", "{spec: {a: 1, list: [x], map: {k: v, l: w}, default: 3}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored, err := Annotated(toJSON(t, last))
			require.NoError(t, err)
			stored, err = jsonpatch.MergePatch(stored, []byte(`{"spec": {"default": 3}}`))
			require.NoError(t, err)
			merged, err := Merge(toJSON(t, tc.manifest), stored)
			require.NoError(t, err)
			assert.Equal(t, decoded(t, tc.want), withoutAnnotation(t, merged))
		})
	}
}

// The patch of a manifest that is as it was applied is empty.
func TestPatchOfTheSame(t *testing.T) {
	t.Parallel()
	manifest, err := InNamespace(toJSON(t, "{metadata: {name: a, annotations: {b: c}}, spec: {d: <e>}}"), "models")
	require.NoError(t, err)
	stored, err := Annotated(manifest)
	require.NoError(t, err)
	patch, err := Patch(manifest, stored)
	require.NoError(t, err)
	assert.Equal(t, "{}", string(patch))
}

func TestErrors(t *testing.T) {
	t.Parallel()
	_, err := Merge([]byte("null"), []byte("{}"))
	require.EqualError(t, err, "decoding the object: it is null")
}

func TestInNamespace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ manifest, namespace, want string }{
		"none":         {"{metadata: {name: a}}", "models", "{metadata: {name: a, namespace: models}}"},
		"its own":      {"{metadata: {name: a, namespace: b}}", "models", "{metadata: {name: a, namespace: b}}"},
		"not known":    {"{metadata: {name: a}}", "", "{metadata: {name: a}}"},
		"no metadata":  {"{kind: A}", "models", "{kind: A, metadata: {namespace: models}}"},
		"null for one": {"{metadata: {namespace: null}}", "models", "{metadata: {namespace: models}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := InNamespace(toJSON(t, tc.manifest), tc.namespace)
			require.NoError(t, err)
			assert.Equal(t, decoded(t, tc.want), decoded(t, string(out)))
		})
	}
}

func toJSON(t *testing.T, text string) []byte {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	return data
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	out := map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &out))
	return out
}

// withoutAnnotation returns the object without metadata, which have nothing but the annotation.
func withoutAnnotation(t *testing.T, data []byte) map[string]any {
	t.Helper()
	out := decoded(t, string(data))
	delete(out, "metadata")
	return out
}
