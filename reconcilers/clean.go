// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxForeign is the most bytes of one text of others in a message: enough for what a
// scheduler or a kubelet says, and too few to crowd out what stands beside it.
const maxForeign = 1024

// clean returns a text of others as it may stand in a status or an event: on one line,
// of at most limit bytes, in valid UTF-8, and without characters that control a
// terminal, change the direction of the text or cannot be seen. What was cut ends in
// "…", which fits limits from 3 on.
func clean(text string, limit int) string {
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

// cut returns the text's beginning, of at most limit bytes with a "…" behind it, and
// never half a character.
func cut(text string, limit int) string {
	const ellipsis = "…"
	end := max(limit-len(ellipsis), 0)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimRight(text[:end], " ") + ellipsis
}
