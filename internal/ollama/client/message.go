// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of texts of the server, in bytes.
const (
	maxMessage = 512
	maxStatus  = 128
)

var (
	// secretInURL matches the parts of a URL that may be secret: the user and what follows the path,
	// such as the signature of a blob's address.
	secretInURL = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s"'/?#]*@)?([^\s"'?#]*)(?:[?#][^\s"']*)?`)
	token       = regexp.MustCompile(`(?i)\b(bearer|basic) [A-Za-z0-9._~+/=-]{8,}`)
	// localPort matches the port of this end of a connection in errors of Go's net package, such as "read
	// udp 10.0.0.9:40312->10.96.0.10:53: i/o timeout". It is another one each time, and a message that
	// changes is another write of the status.
	localPort = regexp.MustCompile(`(\d|\]):\d{1,5}->`)
)

// clean returns the text as one line of printable characters without credentials and without what differs
// each time that the same happens, at most max bytes.
func clean(text string, maxBytes int) string {
	const scanned = 64 // times maxBytes, so that the work is bounded
	if len(text) > scanned*maxBytes {
		text = text[:scanned*maxBytes]
	}
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, ""), unicode.IsSpace), " ")
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	text = secretInURL.ReplaceAllString(text, "$1$2")
	text = token.ReplaceAllString(text, "$1 [redacted]")
	text = localPort.ReplaceAllString(text, "$1->")
	return truncate(text, maxBytes)
}

// truncate cuts the text at a character, so that it has at most maxBytes including the ellipsis.
func truncate(text string, maxBytes int) string {
	const ellipsis = "…"
	if len(text) <= maxBytes {
		return text
	}
	end := maxBytes - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}
