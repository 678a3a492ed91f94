// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package terminal

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// Whatever the text is, its escaped form is of graphic characters, once and for all, and an encoding with escapes has
// the values of the one without.
func FuzzEscape(f *testing.F) {
	for _, text := range []string{
		"", "plain", "\x1b[2J\x1b]8;;http://h\a", "a\r\nb\tc", "\u202e\u2066\ufeff\u200b\U000e0041", "\xff\xc3", `{"a\u202e":["\u001b", 1.50, null, {"<<":"*x"}]}`,
		`{"b":"- a: 1\n# c","c":"\u0085\u2028"}`, `["\ud83e\udd99","\ud800"]`, `"\\u202e"`, `1e400`, `{"y":"on","1":"0x1"}`, "{\"a\":\"\u009b\x7f\"}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := EscapeLine(text)
		assert.Equal(t, -1, strings.IndexFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }), "%q", line)
		assert.Equal(t, line, EscapeLine(line))
		lines := EscapeText(text)
		assert.Equal(t, line, EscapeLine(lines))
		assert.Equal(t, lines, EscapeText(lines))
		var want any
		if !utf8.ValidString(text) || json.Unmarshal([]byte(text), &want) != nil {
			return
		}
		var got any
		escaped := EscapeJSON([]byte(text))
		require.NoError(t, json.Unmarshal(escaped, &got))
		assert.Equal(t, want, got)
		assert.Equal(t, string(escaped), EscapeText(string(escaped)), "nothing is left to escape")
		if !isObject(want) {
			return // nothing else is printed as YAML
		}
		asYAML, err := JSONToYAML([]byte(text))
		if err != nil {
			return
		}
		printed := string(asYAML)
		assert.Equal(t, EscapeText(printed), printed)
		got = nil
		require.NoError(t, yaml.Unmarshal(asYAML, &got), "%s", asYAML)
		assert.Equal(t, want, got)
	})
}

func isObject(value any) bool {
	_, is := value.(map[string]any)
	return is
}
