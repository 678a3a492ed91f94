// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"fmt"
	"slices"
	"strings"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// A phrase is a part of a sentence.
type phrase []segment

// A segment is a text, or a name or a value, which Markdown shows as code. Both are untrusted.
type segment struct {
	text string
	code bool
}

// words returns a phrase of the text.
func words(format string, args ...any) phrase { return phrase{{text: fmt.Sprintf(format, args...)}} }

// code returns a phrase of a name or a value.
func code(text string) phrase { return phrase{{text, true}} }

// join returns the phrases as one.
func join(phrases ...phrase) phrase { return slices.Concat(phrases...) }

// list returns names as an enumeration: "a, b and c".
func list(names []string) phrase {
	out := make(phrase, 0, 2*len(names))
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			out = append(out, segment{text: " and "})
		case i > 0:
			out = append(out, segment{text: ", "})
		}
		out = append(out, segment{name, true})
	}
	return out
}

// line returns the phrase as plain text on one line.
func (p phrase) line() string {
	var out strings.Builder
	for _, s := range p {
		out.WriteString(s.text)
	}
	return terminal.EscapeLine(out.String())
}

// markdown returns the phrase as Markdown on one line, also for the cell of a table.
func (p phrase) markdown() string {
	var out strings.Builder
	for _, s := range p {
		text := terminal.EscapeLine(s.text)
		if s.code {
			out.WriteString(codeSpan(text))
		} else {
			out.WriteString(escapeMarkdown(text))
		}
	}
	return out.String()
}

// codeSpan returns text on one line as Markdown that shows it as code. Backticks cannot be escaped in a code span of
// Markdown, and tables have rules of their own for pipes and backslashes in it, so HTML takes its place for these.
func codeSpan(text string) string {
	if text == "" || strings.ContainsAny(text, "`|\\") || strings.TrimSpace(text) != text {
		return "<code>" + escapeMarkdown(text) + "</code>"
	}
	return "`" + text + "`"
}

// escapeMarkdown returns text on one line as Markdown that shows it as it is. Characters that can mean anything in
// Markdown, HTML or to GitHub, such as in links and mentions, become character references.
func escapeMarkdown(text string) string {
	var out strings.Builder
	for i, r := range text {
		switch {
		case r == '@':
			out.WriteString("&#64;&#8203;") // the space of no width is no part of a name, so that nobody is mentioned
		case strings.ContainsRune("#$&*<>[\\]^_`|~", r), r == ':' && !strings.HasPrefix(text[i+1:], " "):
			fmt.Fprintf(&out, "&#%d;", r)
		default:
			out.WriteRune(r)
		}
	}
	return strings.ReplaceAll(out.String(), "www.", "www&#46;")
}
