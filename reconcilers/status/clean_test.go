// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":                  {"", ""},
		"plain":                    {`model a:1: Error: "no"`, `model a:1: Error: "no"`},
		"other scripts":            {"файл, 見つかりません", "файл, 見つかりません"},
		"lines":                    {"\none\r\n\ttwo\u2028three\u2029\n", "one two three"},
		"a terminal's colors":      {"\x1b[31mred\x1b[0m", "[31mred [0m"},
		"bell, delete, C1 control": {"a\a\x7f\u009bb", "a b"},
		"bidirectional":            {"\u202eevil\u202c \u2066x\u2069\u200f", "evil x"},
		"not to be seen":           {"a\u200b\ufeff\u00ad\U000e0041b", "ab"},
		"private and unassigned":   {"a\ue000\U0010ffffb", "ab"},
		"not UTF-8":                {"a\xff\xc3b", "ab"},
		"too long":                 {strings.Repeat("x", 50), strings.Repeat("x", 37) + "…"},
		"cut between characters":   {strings.Repeat("x", 36) + "éé…", strings.Repeat("x", 36) + "…"},
		"just fits":                {strings.Repeat("x", 40), strings.Repeat("x", 40)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, Clean(tc.text, 40))
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb\x1b[0m", 10)
	f.Add("\xff…", 3)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 3 + (limit&0xfff)%1000
		got := Clean(text, limit)
		assert.LessOrEqual(t, len(got), limit)
		assert.True(t, utf8.ValidString(got))
		assert.Equal(t, -1, strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }))
		assert.Equal(t, got, Clean(got, limit), "cleaning twice changes nothing")
	})
}
