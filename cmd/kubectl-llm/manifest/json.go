// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// SplitJSON splits a file of concatenated JSON objects into documents. It returns nil for other files.
func SplitJSON(data []byte) []Document {
	if start := bytes.TrimLeft(data, " \t\r\n"); !bytes.HasPrefix(start, []byte("{")) {
		return nil
	}
	documents, err := splitJSON(data)
	if err != nil {
		return nil
	}
	return documents
}

// splitJSON fails if anything in the file is not JSON.
func splitJSON(data []byte) ([]Document, error) {
	var documents []Document
	decoder := json.NewDecoder(bytes.NewReader(data))
	layout := replaceNotYAML(withoutTabs(data), placeholder)
	at := cursor{data: layout, lines: LineStarts(layout)}
	for {
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			if errors.Is(err, io.EOF) {
				return documents, nil
			}
			return nil, err
		}
		end := int(decoder.InputOffset())
		at.advance(end - len(value))
		documents = append(documents, Document{
			Offset: at.offset,
			Line:   at.line,
			Column: at.column,
			Data:   data[at.offset:end:end],
			layout: layout[at.offset:end:end],
		})
	}
}

// replaceNotYAML replaces what JSON strings may contain but YAML does not: escapes of surrogates and slashes, control
// characters, line separators, which YAML folds, and noncharacters.
func replaceNotYAML(text []byte, replace func([]byte) []byte) []byte {
	var out []byte
	replaced := 0
	for at := 0; at < len(text); {
		if c := text[at]; c < 0x7f && c != '\\' {
			at++
			continue
		}
		length, isYAML := next(text[at:])
		if !isYAML {
			out = append(out, text[replaced:at]...)
			out = append(out, replace(text[at:at+length])...)
			replaced = at + length
		}
		at += length
	}
	if replaced == 0 {
		return text
	}
	return append(out, text[replaced:]...)
}

// next returns the length of the escape or character that the text begins with, and whether YAML has it. Adjacent
// escapes of surrogates are one.
func next(text []byte) (length int, isYAML bool) {
	if text[0] == '\\' {
		for isSurrogate(text[length:]) {
			length += len(`\ud83d`)
		}
		if length > 0 {
			return length, false
		}
		return min(2, len(text)), !bytes.HasPrefix(text, []byte(`\/`))
	}
	r, size := utf8.DecodeRune(text)
	return size, r > 0x9f && r != 0x2028 && r != 0x2029 && r != 0xfffe && r != 0xffff
}

// isSurrogate reports whether the text begins with the escape of one half of a pair.
func isSurrogate(text []byte) bool {
	return len(text) >= 6 && text[0] == '\\' && text[1] == 'u' && (text[2] == 'd' || text[2] == 'D') && text[3] >= '8'
}

// placeholder returns letters in place of the characters, each with as many bytes.
func placeholder(text []byte) []byte {
	letters := [...]rune{1: 'x', 2: 'é', 3: '€'}
	return bytes.Map(func(r rune) rune { return letters[utf8.RuneLen(r)] }, text)
}

// escapeForYAML returns the characters of a JSON string as YAML has them between double quotes.
func escapeForYAML(text []byte) []byte {
	var value string
	_ = json.Unmarshal(append(append([]byte{'"'}, text...), '"'), &value) // it is part of a valid string
	var out []byte
	for _, r := range value {
		switch {
		case unicode.IsGraphic(r):
			out = utf8.AppendRune(out, r)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
	}
	return out
}

// YAML returns the document as YAML: JSON with escapes that YAML has.
func (d Document) YAML() []byte {
	if d.layout == nil {
		return d.Data
	}
	return replaceNotYAML(withoutTabs(d.Data), escapeForYAML)
}

// withoutTabs returns JSON with spaces in place of tabs, which YAML does not allow between values, and which are never
// in strings.
func withoutTabs(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\t"), []byte(" ")) }

// LineStarts returns the offsets of all lines of the document. A line of JSON does not end within a string.
func (d Document) LineStarts() []int {
	if d.layout == nil {
		return LineStarts(d.Data)
	}
	return LineStarts(d.layout)
}

// parse parses the document, of which the text is the YAML.
func (d Document) parse(text []byte) (yamlv3.Node, error) {
	var root yamlv3.Node
	if err := yamlv3.Unmarshal(text, &root); err != nil || d.layout == nil || bytes.Equal(text, d.layout) {
		return root, err
	}
	var at yamlv3.Node
	if err := yamlv3.Unmarshal(d.layout, &at); err != nil {
		return root, err
	}
	move(&root, &at)
	return root, nil
}

// move moves the nodes to the positions of other nodes with the same structure.
func move(node, to *yamlv3.Node) {
	node.Line, node.Column = to.Line, to.Column
	for i, child := range node.Content {
		move(child, to.Content[i])
	}
}

// A cursor marks a position in a text. It only moves forward, so that finding many positions takes
// linear time.
type cursor struct {
	data  []byte
	lines []int
	// offset in bytes, and column in characters; all are counted from 0.
	offset, line, column int
}

// advance moves the cursor to the offset.
func (c *cursor) advance(offset int) {
	for c.line+1 < len(c.lines) && c.lines[c.line+1] <= offset {
		c.line++
		c.offset, c.column = c.lines[c.line], 0
	}
	c.column += utf8.RuneCount(c.data[c.offset:offset])
	c.offset = offset
}
