// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxForeign limits the length, in bytes, of untrusted text in a message: long enough for
// messages of the scheduler and kubelets, and short enough to leave space for others.
const maxForeign = 1024

// Clean returns untrusted text in a form that is safe in a status or an event: one line of valid
// UTF-8 with at most limit bytes (at least 3), without characters that control a terminal, change
// the writing direction or are invisible. Longer text is truncated and ends in "…".
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
			return truncate(out.String(), limit)
		}
	}
	return out.String()
}

// truncate returns the beginning of the text and a "…", at most limit bytes in all, without
// splitting a character.
func truncate(text string, limit int) string {
	const ellipsis = "…"
	end := max(limit-len(ellipsis), 0)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimRight(text[:end], " ") + ellipsis
}
