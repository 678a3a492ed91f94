// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"bytes"
	"slices"
	"strings"
)

// hasLongExponent reports whether the text contains a number whose exponent has three or more digits.
// Parsing, rounding or comparing such a quantity could take minutes and gigabytes.
func hasLongExponent(text []byte) bool {
	for _, letter := range []byte{'e', 'E'} {
		for at := 0; ; at++ {
			next := bytes.IndexByte(text[at:], letter)
			if next < 0 {
				break
			}
			at += next
			if at > 0 && (isDigit(text[at-1]) || text[at-1] == '.') && hasDigits(text[at+1:], 3) {
				return true
			}
		}
	}
	return false
}

// hasDigits reports whether the text begins with at least count digits, after an optional sign.
func hasDigits(text []byte, count int) bool {
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	for i := range count {
		if i >= len(text) || !isDigit(text[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// numberCodes lists the last two digits of the escapes of the characters in numbers.
var numberCodes = strings.Fields("2b 2d 2e 30 31 32 33 34 35 36 37 38 39 45 65")

// hasEscapedNumber reports whether the JSON contains escaped characters of numbers, which could hide
// an exponent. API servers do not escape them.
func hasEscapedNumber(raw []byte) bool {
	for {
		_, after, found := bytes.Cut(raw, []byte(`\u00`))
		if !found {
			return false
		}
		if len(after) >= 2 && slices.Contains(numberCodes, strings.ToLower(string(after[:2]))) {
			return true
		}
		raw = after
	}
}
