// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// Strings of JSON have the values that JSON gives them, as values and as keys, and what follows them has its position.
func TestJSONStrings(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"surrogates":                            `a\ud83d\ude00\uD83D\uDE01b`,
		"one half of a pair":                    `\ud83d \ude00 \ud83d\u0041`,
		"escaped backslash before a letter":     `\\ud83d\\\ud83d\ude00`,
		"escaped slash":                         `http:\/\/a\\/b`,
		"other escapes":                         `\" \\ \b \f \n \r \t \u0000 \u001b \u2028`,
		"control characters":                    "\u007f\u0080\u0085\u009f",
		"line separators":                       "a \u2028 b \u2029--- \u0085... c",
		"noncharacters":                         "\ufffe\uffff\U0001fffe\ufeff",
		"what looks like YAML":                  `# a: *b {<<: \u0021}`,
		"characters outside of the basic plane": "\U0001f600\U000e0041\U00100000",
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); checkString(t, text) })
	}
}

// checkString asserts that the text between quotes is read as JSON.
func checkString(t *testing.T, text string) {
	t.Helper()
	quoted := `"` + text + `"`
	var want string
	require.NoError(t, json.Unmarshal([]byte(quoted), &want))
	data := "\t{\"kind\": " + quoted + ", \"spec\": {" + quoted + ": 1}}{\"x\":\n\t2}"
	objects, parseErrs := Parse(File{"a.json", []byte(data)})
	require.Empty(t, parseErrs)
	require.Len(t, objects, 2)
	o := objects[0]
	var asJSON, asYAML map[string]any
	require.NoError(t, json.Unmarshal(o.JSON, &asJSON))
	require.NoError(t, yaml.Unmarshal(o.JSON, &asYAML))
	assert.Equal(t, map[string]any{"kind": want, "spec": map[string]any{want: 1.0}}, asJSON)
	assert.Equal(t, asJSON, asYAML)

	key, _ := lookup(o.node, "spec")
	require.NotNil(t, key)
	length := utf8.RuneCountInString(quoted)
	assert.Equal(t, Position{1, 13 + length}, o.position(key))
	assert.Equal(t, want, resolve(o.node).Content[1].Value)
	assert.Equal(t, Position{1, 22 + length}, o.position(o.node.Content[3].Content[0]))
	assert.Equal(t, want, o.node.Content[3].Content[0].Value)
	assert.Equal(t, Position{2, 2}, objects[1].PositionOf("x"))

	again, parseErrs := Parse(File{"a.yaml", append([]byte("---\n"), o.Document.YAML()...)})
	require.Empty(t, parseErrs)
	require.Len(t, again, 1)
	assert.Equal(t, string(o.JSON), string(again[0].JSON), "the document is YAML with the same values")
}

// Keys are duplicates only if their values are the same.
func TestDuplicatesInJSON(t *testing.T) {
	t.Parallel()
	objects, parseErrs := Parse(File{"a.json", []byte(`{"\ud83d\ude00": 1, "\ud83d\ude01": 2, "\/": 3, "/": 4}`)})
	require.Empty(t, parseErrs)
	assert.Equal(t, []Duplicate{{"/", Position{1, 49}}}, objects[0].Duplicates(10))
	assert.JSONEq(t, `{"😀": 1, "😁": 2, "/": 4}`, string(objects[0].JSON))
}

func TestParseErrorInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{\"a\": \"\xff\"}":                                              "a.json:1:1: invalid leading UTF-8 octet",
		`{"kind": "List", "items": [{}], "items": []}`:                   `a.json:1:33: duplicate key "items"; only the last value is used`,
		"{\"a\":\n\"\u2028\"}{\"" + strings.Repeat("a", 1025) + "\": 1}": "a.json:2:1: did not find expected ',' or '}'",
	} {
		_, parseErrs := Parse(File{"a.json", []byte(text)})
		require.Len(t, parseErrs, 1)
		assert.Equal(t, want, parseErrs[0].Error())
	}
}

// Whatever is valid between quotes in JSON is read.
func FuzzJSONString(f *testing.F) {
	for _, text := range []string{"", `\ud83d\ude00`, `\ud83d`, `\\ud83d`, `\/`, "\u2028", "\u0085", "\u007f\uffff", `\u0000`, "é# :"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value string
		if !utf8.ValidString(text) || json.Unmarshal([]byte(`"`+text+`"`), &value) != nil || len(text) > 100 {
			return // or the key is longer than YAML allows
		}
		checkString(t, text)
	})
}
