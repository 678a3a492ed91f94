// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

// An edit replaces a range of bytes in a file.
type edit struct {
	start, end int
	text       string
}

// apply returns the data with all edits, which must not overlap. Edits at the same offset are
// applied in order, and identical edits once.
func apply(data []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var out []byte
	at := 0
	applied := map[edit]bool{}
	for _, e := range edits {
		if applied[e] {
			continue // components that share an anchor have the same edits
		}
		applied[e] = true
		out = append(out, data[at:max(at, e.start)]...)
		out = append(out, e.text...)
		at = max(at, e.end)
	}
	return append(out, data[at:]...)
}

// A source contains the text of a document. Offsets are relative to the document, except in edits.
type source struct {
	data    []byte
	base    int
	lines   []int
	newline string
}

func newSource(o manifest.Object) source {
	s := source{data: o.Document.Data, base: o.Document.Offset, lines: manifest.LineStarts(o.Document.Data), newline: "\n"}
	if bytes.Contains(s.data, []byte("\r\n")) {
		s.newline = "\r\n"
	}
	return s
}

// offset returns the offset of the node.
func (s source) offset(node *yamlv3.Node) int {
	at := s.lines[node.Line-1]
	for range node.Column - 1 { // columns are characters
		_, size := utf8.DecodeRune(s.data[at:])
		at += size
	}
	return at
}

// line returns the nth line, counted from 1, with its line break.
func (s source) line(n int) string {
	if n == len(s.lines) {
		return string(s.data[s.lines[n-1]:])
	}
	return string(s.data[s.lines[n-1]:s.lines[n]])
}

// replace returns the edit that replaces a range of the document.
func (s source) replace(start, end int, text string) edit {
	return edit{s.base + start, s.base + end, text}
}

// rename returns the edit that replaces the text of a scalar and preserves its quotes. It
// returns an empty edit if the node does not have the text.
func (s source) rename(node *yamlv3.Node, from, to string) edit {
	if node == nil {
		return edit{}
	}
	at := s.offset(node)
	if found := bytes.Index(s.data[at:], []byte(from)); found >= 0 && found <= 1 {
		return s.replace(at+found, at+found+len(from), to)
	}
	return edit{}
}

// scalarEnd returns the end offset of a single-line scalar.
func (s source) scalarEnd(node *yamlv3.Node) int {
	at := s.offset(node)
	switch node.Style {
	case yamlv3.DoubleQuotedStyle, yamlv3.SingleQuotedStyle:
		quote := s.data[at]
		for i := at + 1; i < len(s.data); i++ {
			switch {
			case s.data[i] == '\\' && quote == '"':
				i++
			case s.data[i] == quote:
				return i + 1
			}
		}
		return len(s.data)
	default:
		end := at
		for end < len(s.data) && !strings.ContainsRune(",}]\r\n#", rune(s.data[end])) {
			end++
		}
		return at + len(bytes.TrimRight(s.data[at:end], " \t"))
	}
}

// valueOf returns the value of the key in the mapping, or nil.
func valueOf(mapping *yamlv3.Node, name string) *yamlv3.Node {
	_, v := entry(mapping, name)
	return v
}

func entry(mapping *yamlv3.Node, name string) (key, value *yamlv3.Node) {
	for mapping != nil && mapping.Kind == yamlv3.AliasNode {
		mapping = mapping.Alias
	}
	if mapping == nil || mapping.Kind != yamlv3.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}
