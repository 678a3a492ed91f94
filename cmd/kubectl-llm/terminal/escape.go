// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package terminal

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// EscapeLine returns untrusted text on one line. Line breaks and tabs become spaces, and
// characters that are not graphic become escapes such as \x1b and \u202e: control and format
// characters, among them those that change the writing direction, and private or unassigned
// ones. Escaping twice changes nothing.
func EscapeLine(text string) string {
	return escapeRunes(text, "")
}

// EscapeText escapes text like EscapeLine, but preserves newlines and tabs.
func EscapeText(text string) string {
	return escapeRunes(text, "\n\t")
}

func escapeRunes(text, preserved string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case isVisible(r) || strings.ContainsRune(preserved, r):
			out.WriteRune(r)
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		default:
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}

// isVisible reports whether the character is graphic, which includes spaces.
func isVisible(r rune) bool { return unicode.IsGraphic(r) }

// EscapeJSON returns equivalent JSON with \u escapes for the characters that EscapeLine
// escapes.
func EscapeJSON(text []byte) []byte {
	return escape(text, isInvisible, func(r rune) string {
		if r == '\r' {
			return " " // JSON has it only between values
		}
		if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
}

// JSONToYAML converts JSON to YAML, with escapes for the characters that EscapeLine escapes.
func JSONToYAML(data []byte) ([]byte, error) {
	// The YAML parser rejects control characters, two noncharacters, and surrogate pairs of escapes.
	text, err := yaml.JSONToYAML(escape(data, func(r rune) bool { return r >= 0x7f && r <= 0xffff && !isVisible(r) }, func(r rune) string { return fmt.Sprintf(`\u%04x`, r) }))
	if err != nil || !bytes.ContainsFunc(text, isInvisible) && !bytes.Contains(text, []byte("<<:")) {
		return text, err
	}
	var document yamlv3.Node
	if err := yamlv3.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	quoteInvisible(&document)
	var out bytes.Buffer
	encoder := yamlv3.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return nil, err
	}
	return escape(out.Bytes(), isInvisible, func(r rune) string { return fmt.Sprintf(`\U%08X`, r) }), nil
}

// quoteInvisible double-quotes the strings that need escapes: only that style has them. JSON has no merge keys, but the
// parser takes "<<", quoted or not, for one.
func quoteInvisible(node *yamlv3.Node) {
	if node.Tag == "!!merge" {
		node.Tag = "!!str"
	}
	if strings.ContainsFunc(node.Value, isInvisible) {
		node.Style = yamlv3.DoubleQuotedStyle
	}
	for _, child := range node.Content {
		quoteInvisible(child)
	}
}

// isInvisible reports whether the character must be escaped in multi-line text.
func isInvisible(r rune) bool { return !isVisible(r) && r != '\n' && r != '\t' }

// escape replaces the characters that match by their escapes.
func escape(text []byte, match func(rune) bool, escaped func(rune) string) []byte {
	if !bytes.ContainsFunc(text, match) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if match(r) {
			out.WriteString(escaped(r))
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}
