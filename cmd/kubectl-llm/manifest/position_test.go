// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	block = `apiVersion: v1
kind: A
metadata:
  name: a
  annotations:
    a.b/c.d: x
spec:
  list:
    - one: 1
      two: 2
    - "é: é"
  "quoted": 3
  map:
    deep: {flow: [4, 5], a: {b: 6}}
`
	anchors = `kind: A
base: &base
  port: 0
  kind: x
spec:
  service: *base
  other:
    <<: [*base, {size: 1}]
    kind: y
  number: &n 7
  same: *n
`
	merges = `kind: A
a: &a {k: 1, x: 1}
b: &b {k: 2, z: 2}
c: &c {k: 3, <<: *a}
spec:
  after: {k: 4, <<: *a}
  before: {<<: *a, k: 4}
  between: {k: 4, <<: *a, k: 5}
  first: {k: 4, <<: [*a, *b]}
  last: {<<: *a, <<: *b}
  nested: {k: 4, <<: *c}
  other: {k: 4, <<: {k: 5}}
`
	stream = `# nothing
---
kind: ConfigMap
---
# a comment

kind: A
spec:
  x: 1
--- {kind: A, spec: {x: 2}}
...
---
kind: List
items:
- kind: A
  spec: {x: 3}
-   kind: A
    spec:
      x: 4
`
	indentedJSON = "{\n\t\"kind\": \"A\",\n\t\"spec\": {\n\t\t\"x\": [1, {\"y\": \"é\", \"z\": 2}]\n\t}\n}\n{\"kind\": \"A\", \"spec\": {}}"
	adjacentJSON = `{"kind": "é"} {"kind": "B", "spec": {
"x": 1}} {"kind": "C"}`
)

func TestPositionOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text   string
		object int
		want   map[string]Position
	}{
		"block style": {block, 0, map[string]Position{
			"metadata.name":                 {4, 9},
			"metadata.annotations":          {5, 3},
			"metadata.annotations.a.b/c.d":  {6, 14},
			"metadata.annotations[a.b/c.d]": {6, 14},
			"spec.list":                     {8, 3},
			"spec.list[0]":                  {9, 7},
			"spec.list[0].two":              {10, 12},
			"spec.list[1]":                  {11, 7},
			"spec.list[2]":                  {8, 3},
			"spec.quoted":                   {12, 13},
			"spec.missing.deeper":           {7, 1},
			"missing":                       {1, 1},
			"":                              {1, 1},
		}},
		"flow style": {block, 0, map[string]Position{
			"spec.map.deep":         {14, 5},
			"spec.map.deep.flow[1]": {14, 22},
			"spec.map.deep.a":       {14, 26},
			"spec.map.deep.a.b":     {14, 33},
		}},
		"aliases and merge keys": {anchors, 0, map[string]Position{
			"spec.service.port": {3, 9},
			"spec.service":      {6, 3},
			"spec.other.port":   {3, 9},
			"spec.other.size":   {8, 24},
			"spec.other.kind":   {9, 11},
			"spec.number":       {10, 11},
			"spec.same":         {10, 11},
		}},
		"merge keys in the order in which they apply": {merges, 0, map[string]Position{
			"spec.after.k":   {2, 11},
			"spec.before.k":  {7, 23},
			"spec.between.k": {8, 30},
			"spec.first.k":   {2, 11},
			"spec.first.z":   {3, 17},
			"spec.last.k":    {3, 11},
			"spec.last.x":    {2, 17},
			"spec.nested.k":  {2, 11},
			"spec.other.k":   {12, 25},
		}},
		"second document":                    {stream, 1, map[string]Position{"kind": {7, 7}, "spec.x": {9, 6}}},
		"document on the line of its marker": {stream, 2, map[string]Position{"kind": {10, 12}, "spec.x": {10, 25}}},
		"first item of a List":               {stream, 3, map[string]Position{"kind": {15, 9}, "spec.x": {16, 13}}},
		"second item of a List":              {stream, 4, map[string]Position{"kind": {17, 11}, "spec.x": {19, 10}}},
		"indented JSON":                      {indentedJSON, 0, map[string]Position{"kind": {2, 10}, "spec.x[0]": {4, 9}, "spec.x[1].y": {4, 18}, "spec.x[1].z": {4, 28}}},
		"second JSON object":                 {indentedJSON, 1, map[string]Position{"kind": {7, 10}, "spec": {7, 15}}},
		"second JSON object on a line":       {adjacentJSON, 1, map[string]Position{"": {1, 15}, "kind": {1, 24}, "spec": {1, 29}, "spec.x": {2, 6}}},
		"JSON object after a multi-line one": {adjacentJSON, 2, map[string]Position{"": {2, 10}, "kind": {2, 19}}},
		"CRLF line breaks":                   {strings.ReplaceAll(block, "\n", "\r\n"), 0, map[string]Position{"spec.list[0].two": {10, 12}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			objects, parseErrs := Parse(File{"a.yaml", []byte(tc.text)})
			require.Empty(t, parseErrs)
			require.Greater(t, len(objects), tc.object)
			for path, want := range tc.want {
				assert.Equal(t, want, objects[tc.object].PositionOf(path), path)
			}
		})
	}
}

// The position of a field is that of its value in the object, whatever is merged.
func TestPositionOfMergedValue(t *testing.T) {
	t.Parallel()
	objects, parseErrs := Parse(File{"a.yaml", []byte(merges)})
	require.Empty(t, parseErrs)
	var object struct{ Spec map[string]map[string]any }
	require.NoError(t, json.Unmarshal(objects[0].JSON, &object))
	for name, values := range object.Spec {
		for key, want := range values {
			at, found := objects[0].Field("spec." + name + "." + key)
			require.True(t, found, name+"."+key)
			assert.Equal(t, fmt.Sprint(want), at.Value.Value, name+"."+key)
		}
	}
}

func TestPositionOfKey(t *testing.T) {
	t.Parallel()
	objects, _ := Parse(File{"a.yaml", []byte("kind: A\nspec:\n  a: {b: 1}\n")})
	assert.Equal(t, Position{3, 7}, objects[0].PositionOfKey("spec.a.b"))
	assert.Equal(t, Position{2, 1}, objects[0].PositionOfKey("spec"))
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	objects, _ := Parse(File{"a.yaml", []byte("kind: A\nspec:\n  a: 1\n  l:\n  - {b: 1, b: 2}\n  a: 3\n")})
	assert.Equal(t, []Duplicate{{"spec.l[0].b", Position{5, 12}}, {"spec.a", Position{6, 3}}}, objects[0].Duplicates(10))
}

// A parse error has the line in the file, and the other documents are returned.
func TestParseError(t *testing.T) {
	t.Parallel()
	objects, parseErrs := Parse(File{"a.yaml", []byte("kind: A\n---\nkind: B\n  bad: [\n---\nkind: C\n--- |\n text\n---\n- a\n")})
	require.Len(t, parseErrs, 1)
	assert.Equal(t, "a.yaml:4:1: mapping values are not allowed in this context", parseErrs[0].Error())
	require.Len(t, objects, 4)
	assert.Equal(t, "C", objects[1].Kind)
	assert.Empty(t, objects[2].Kind+objects[3].Kind, "scalars and sequences have no kind")
}

func TestRecursiveAnchor(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"kind: A\nspec: &a {<<: *a}\n", "kind: A\nspec: &a [*a]\n"} {
		objects, parseErrs := Parse(File{"a.yaml", []byte(text)})
		assert.Empty(t, objects)
		require.Len(t, parseErrs, 1)
		assert.Contains(t, parseErrs[0].Message, "contains itself")
	}
}

// Whatever the text is, each position lies within it.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "{", "{}{}", "---", "a: &a [*a]", "kind: List\nitems: [1, {kind: A}]", "? {a: b}\n: c", "{\"a\":1}\n---\nb: 2", "a: b\n<<: [1]", "{\"a\": \"\u2028\\ud83d\"} {\"spec\":\"\u0085\"}"} {
		f.Add(text, "spec.a[0].b")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		objects, parseErrs := Parse(File{"a.yaml", []byte(text)})
		for _, err := range parseErrs {
			checkWithin(t, text, err.Position)
		}
		for _, o := range objects {
			for _, at := range []Position{o.Position(), o.PositionOf(path), o.PositionOfKey(path)} {
				checkWithin(t, text, at)
			}
			for _, duplicate := range o.Duplicates(10) {
				checkWithin(t, text, duplicate.Position)
			}
		}
	})
}

// checkWithin asserts that the position is that of a character of the text, or that after the last one of a line.
func checkWithin(t *testing.T, text string, at Position) {
	t.Helper()
	if !utf8.ValidString(text) {
		return // the text is not UTF-8, in which columns are counted
	}
	lines := []byte(text)
	if SplitJSON(lines) != nil {
		lines = replaceNotYAML(lines, placeholder)
	}
	starts := append(LineStarts(lines), len(text))
	require.Positive(t, at.Line)
	require.Positive(t, at.Column)
	require.LessOrEqual(t, at.Line, len(starts)-1)
	require.LessOrEqual(t, at.Column, utf8.RuneCountInString(text[starts[at.Line-1]:starts[at.Line]])+1)
}
