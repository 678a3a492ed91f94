// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestClean(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"text":               {"file does not exist", "file does not exist"},
		"lines":              {"412:\n\n The model\r\n\tneeds", "412: The model needs"},
		"control characters": {"a\x00b\x1b[31mc\u009bd\u202ee\u200bf", "ab[31mcdef"},
		"not UTF-8":          {"a\xffb", "ab"},
		"user in URL":        {`Get "https://me:secret@host/v2/": EOF`, `Get "https://host/v2/": EOF`},
		"@ in password":      {"https://me:se@cret@host/v2", "https://host/v2"},
		"signature in URL":   {`Get "https://store/blob?X-Amz-Signature=1&b=2": EOF`, `Get "https://store/blob": EOF`},
		"fragment in URL":    {"https://host/a#token=1 b", "https://host/a b"},
		"bearer token":       {"Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer [redacted]"},
		"port of a request":  {"lookup r on 10.96.0.10:53: read udp 10.0.0.9:40312->10.96.0.10:53: i/o timeout", "lookup r on 10.96.0.10:53: read udp 10.0.0.9->10.96.0.10:53: i/o timeout"},
		"port, with IPv6":    {"read tcp [fd00::9]:40312->[fd00::1]:443: EOF", "read tcp [fd00::9]->[fd00::1]:443: EOF"},
		"nothing":            {"\n", ""},
		"longest":            {strings.Repeat("a", maxMessage), strings.Repeat("a", maxMessage)},
		"too long":           {strings.Repeat("a", maxMessage+1), strings.Repeat("a", maxMessage-3) + "…"},
		"cut at a character": {strings.Repeat("ä", maxMessage), strings.Repeat("ä", (maxMessage-3)/2) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, clean(test.text, maxMessage))
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("https://a:b@c/d?e")
	f.Add("\x1b[31m\n\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text, maxMessage)
		assert.LessOrEqual(t, len(got), maxMessage)
		assert.True(t, utf8.ValidString(got))
		assert.False(t, strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }), got)
		if !strings.Contains(text, "Hunter2") {
			assert.NotContains(t, clean(text+" https://user:Hunter2@host/v2?signature=Hunter2#Hunter2", maxMessage), "Hunter2")
			assert.NotContains(t, clean("https://user:Hunter2@host/v2 "+text, maxMessage), "Hunter2")
		}
	})
}
