// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package edit edits the text of YAML and JSON documents in place, so that comments, order and layout are
// preserved.
package edit

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// An Edit replaces a range of bytes in a file.
type Edit struct {
	Start, End int
	Text       string
}

// Apply returns the data with all edits, which must not overlap. Edits at the same offset are
// applied in order, and identical edits once.
func Apply(data []byte, edits []Edit) []byte {
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	var out []byte
	at := 0
	applied := map[Edit]bool{}
	for _, e := range edits {
		if applied[e] {
			continue // components that share an anchor have the same edits
		}
		applied[e] = true
		out = append(out, data[at:max(at, e.Start)]...)
		out = append(out, e.Text...)
		at = max(at, e.End)
	}
	return append(out, data[at:]...)
}

// A Source contains the text of a document. Offsets are relative to the document, except in edits.
type Source struct {
	// Data is the text, and Lines has the offsets of its lines.
	Data  []byte
	Lines []int
	// Newline is the line break of the text.
	Newline string
	base    int
}

// NewSource returns the source of the document that contains the object.
func NewSource(o manifest.Object) Source {
	s := Source{Data: o.Document.Data, base: o.Document.Offset, Lines: o.Document.LineStarts(), Newline: "\n"}
	if bytes.Contains(s.Data, []byte("\r\n")) {
		s.Newline = "\r\n"
	}
	return s
}

// Offset returns the offset of the node.
func (s Source) Offset(node *yamlv3.Node) int {
	at := s.Lines[node.Line-1]
	for range node.Column - 1 { // columns are characters
		_, size := utf8.DecodeRune(s.Data[at:])
		at += size
	}
	return at
}

// Line returns the nth line, counted from 1, with its line break.
func (s Source) Line(n int) string {
	if n == len(s.Lines) {
		return string(s.Data[s.Lines[n-1]:])
	}
	return string(s.Data[s.Lines[n-1]:s.Lines[n]])
}

// Replace returns the edit that replaces a range of the document.
func (s Source) Replace(start, end int, text string) Edit {
	return Edit{s.base + start, s.base + end, text}
}

// Rename returns the edit that replaces the text of a scalar and preserves its quotes. It
// returns an empty edit if the node does not have the text.
func (s Source) Rename(node *yamlv3.Node, from, to string) Edit {
	if node == nil {
		return Edit{}
	}
	at := s.Offset(node)
	if found := bytes.Index(s.Data[at:], []byte(from)); found >= 0 && found <= 1 {
		return s.Replace(at+found, at+found+len(from), to)
	}
	return Edit{}
}

// ScalarEnd returns the end offset of a single-line scalar.
func (s Source) ScalarEnd(node *yamlv3.Node) int {
	at := s.Offset(node)
	switch node.Style {
	case yamlv3.DoubleQuotedStyle, yamlv3.SingleQuotedStyle:
		quote := s.Data[at]
		for i := at + 1; i < len(s.Data); i++ {
			switch {
			case s.Data[i] == '\\' && quote == '"':
				i++
			case s.Data[i] == quote && quote == '\'' && i+1 < len(s.Data) && s.Data[i+1] == quote:
				i++ // two quotes are one
			case s.Data[i] == quote:
				return i + 1
			}
		}
		return len(s.Data)
	default:
		if node.Value != "" && bytes.HasPrefix(s.Data[at:], []byte(node.Value)) {
			return at + len(node.Value)
		}
		end := at
		for end < len(s.Data) && !strings.ContainsRune(",}]\r\n#", rune(s.Data[end])) {
			end++
		}
		return at + len(bytes.TrimRight(s.Data[at:end], " \t"))
	}
}

// LineEnd returns the offset of the end of the nth line, counted from 1, after its line break.
func (s Source) LineEnd(line int) int {
	if line < len(s.Lines) {
		return s.Lines[line]
	}
	return len(s.Data)
}

// QuoteLike returns the name with the quotes of the key.
func (s Source) QuoteLike(key *yamlv3.Node, name string) string {
	switch key.Style {
	case yamlv3.DoubleQuotedStyle:
		return `"` + name + `"`
	case yamlv3.SingleQuotedStyle:
		return `'` + name + `'`
	default:
		return name
	}
}
