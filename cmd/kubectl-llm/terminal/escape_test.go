// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package terminal

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestEscapeLine(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, line, lines string }{
		"graphic characters":       {"é 漢字 \u00a0🦙", "é 漢字 \u00a0🦙", "é 漢字 \u00a0🦙"},
		"escape sequences":         {"\x1b[31mred\x07", `\x1b[31mred\a`, `\x1b[31mred\a`},
		"line breaks":              {"a\nb\r\nc\u0085d\u2028e\u2029f\tg\vh\fi", "a b  c d e f g h i", "a\nb \nc d e f\tg h i"},
		"C1 control characters":    {"\u009b31m\u0090\u007f", `\u009b31m\u0090\x7f`, `\u009b31m\u0090\x7f`},
		"bidirectional formatting": {"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c", `\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c`, `\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c`},
		"invisible characters":     {"\u200b\u200d\ufeff\u00ad\U000e0041\ue000", `\u200b\u200d\ufeff\u00ad\U000e0041\ue000`, `\u200b\u200d\ufeff\u00ad\U000e0041\ue000`},
		"invalid UTF-8":            {"a\x9b\xff", "a\ufffd\ufffd", "a\ufffd\ufffd"},
		"already escaped":          {`"\u202e"`, `"\u202e"`, `"\u202e"`},
		"empty":                    {"", "", ""},
		"final newline":            {"a\n", "a ", "a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.line, EscapeLine(tc.text))
			assert.Equal(t, tc.line, EscapeLine(EscapeLine(tc.text)), "escaping is idempotent")
			assert.Equal(t, tc.lines, EscapeText(tc.text))
		})
	}
}

// EscapeJSON and JSONToYAML preserve the values.
func TestEscapedEncodings(t *testing.T) {
	t.Parallel()
	want := map[string]any{"a\u202e": "\x1b[1m\u202e\u009b\u007f\U000e0041\u2028\ufffe\uffff 'é\"\\ \n x", "b": []any{"plain", "\u2066# no comment: x"}, "c": "\u200b"}
	asJSON, err := json.MarshalIndent(want, "", "  ")
	require.NoError(t, err)
	asYAML, err := JSONToYAML(asJSON)
	require.NoError(t, err)
	var fromJSON, fromYAML map[string]any
	require.NoError(t, json.Unmarshal(EscapeJSON(asJSON), &fromJSON))
	require.NoError(t, yaml.Unmarshal(asYAML, &fromYAML))
	assert.Equal(t, want, fromJSON)
	assert.Equal(t, want, fromYAML)
	for _, text := range []string{string(EscapeJSON(asJSON)), string(asYAML)} {
		assert.Equal(t, EscapeText(text), text)
	}
	plain, err := JSONToYAML([]byte(`{"b": {"c": ["é"]}, "a": 1}`))
	require.NoError(t, err)
	assert.Equal(t, "a: 1\nb:\n  c:\n  - é\n", string(plain))
}
