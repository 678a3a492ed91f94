// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"unicode/utf8"
)

// A Document contains a YAML or JSON document in a file.
type Document struct {
	// Offset counts the bytes in the file before the document.
	Offset int
	// Line counts the lines in the file before the document.
	Line int
	// Column counts the characters before the document on its first line.
	Column int
	Data   []byte
}

// Documents yields the documents of a file in order, also those without content: YAML is split at the
// markers "---" and "...", JSON after each value.
func Documents(data []byte) iter.Seq[Document] {
	if documents := SplitJSON(data); documents != nil {
		return slices.Values(documents)
	}
	return func(yield func(Document) bool) { splitYAML(data, yield) }
}

// SplitJSON splits a file of concatenated JSON objects into documents that are valid YAML
// too. It returns nil for other files.
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

func splitYAML(data []byte, yield func(Document) bool) {
	current := Document{}
	line := 0
	for offset := 0; offset < len(data); {
		end := len(data)
		if newline := bytes.IndexByte(data[offset:], '\n'); newline >= 0 {
			end = offset + newline + 1
		}
		text := data[offset:end]
		starts, ends := isMarker(text, "---"), isMarker(text, "...")
		if (starts || ends) && !yield(current) {
			return
		}
		switch {
		case starts:
			// Content after the marker belongs to the document, and retains its column.
			current = Document{Offset: offset, Line: line, Data: append([]byte("   "), text[3:]...)}
		case ends:
			current = Document{Offset: end, Line: line + 1} // nothing else is on the marker's line
		default:
			current.Data = append(current.Data, text...)
		}
		line += len(LineStarts(text)) - 1
		offset = end
	}
	yield(current)
}

// isMarker reports whether the line is the marker, or begins with it and a space.
func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[0])))
}

// splitJSON fails if anything in the file is not JSON. It replaces tabs, which YAML does not
// allow, by spaces; JSON strings cannot contain tabs.
func splitJSON(data []byte) ([]Document, error) {
	var documents []Document
	decoder := json.NewDecoder(bytes.NewReader(data))
	at := cursor{data: data, lines: LineStarts(data)}
	for {
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			if errors.Is(err, io.EOF) {
				return documents, nil
			}
			return nil, err
		}
		at.advance(int(decoder.InputOffset()) - len(value))
		documents = append(documents, Document{
			Offset: at.offset,
			Line:   at.line,
			Column: at.column,
			Data:   bytes.ReplaceAll(value, []byte("\t"), []byte(" ")),
		})
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

// lineBreaks lists the line breaks of YAML 1.1, as the library counts them, longest first.
//
// Source: yaml.org/spec/1.1, 5.4 (b-break).
var lineBreaks = []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"}

// LineStarts returns the offsets of all lines of a YAML text, including the first.
func LineStarts(data []byte) []int {
	starts := []int{0}
	for at := 0; at < len(data); {
		if c := data[at]; c != '\n' && c != '\r' && c != "\u0085"[0] && c != "\u2028"[0] {
			at++ // most characters do not begin a line break
			continue
		}
		length := 0
		for _, text := range lineBreaks {
			if bytes.HasPrefix(data[at:], []byte(text)) {
				length = len(text)
				break
			}
		}
		at += max(length, 1)
		if length > 0 {
			starts = append(starts, at)
		}
	}
	return starts
}
