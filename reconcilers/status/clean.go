// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxForeign is the maximum length, in bytes, of a text in a message that the operator has not
// written: enough for what a scheduler or a kubelet says, and too short to displace the rest.
const maxForeign = 1024

// Clean returns a text that the operator has not written so that it is safe in a status or an
// event: on one line, of at most limit bytes (at least 3), in valid UTF-8, and without
// characters that control a terminal, change the direction of the text or are invisible. A
// text that is too long is cut and ends in "…".
func Clean(text string, limit int) string {
	var out strings.Builder
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = out.Len() > 0
			continue
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		out.WriteRune(r)
		if out.Len() > limit {
			return cut(out.String(), limit)
		}
	}
	return out.String()
}

// cut returns the beginning of the text and a "…", of at most limit bytes, without splitting a
// character.
func cut(text string, limit int) string {
	const ellipsis = "…"
	end := max(limit-len(ellipsis), 0)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimRight(text[:end], " ") + ellipsis
}
