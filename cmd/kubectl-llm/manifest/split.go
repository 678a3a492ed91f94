// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package manifest

import (
	"bytes"
	"iter"
	"slices"
)

// A Document contains a YAML or JSON document in a file.
type Document struct {
	// Offset counts the bytes in the file before the document.
	Offset int
	// Line counts the lines in the file before the document.
	Line int
	// Column counts the characters before the document on its first line.
	Column int
	// Data is the text. Of YAML, it has spaces in place of the marker that begins it.
	Data []byte

	// layout is JSON with placeholders of the same length for what YAML does not allow, nil for YAML.
	layout []byte
}

// Documents yields the documents of a file in order, also those without content: YAML is split at the
// markers "---" and "...", JSON after each value.
func Documents(data []byte) iter.Seq[Document] {
	if documents := SplitJSON(data); documents != nil {
		return slices.Values(documents)
	}
	return func(yield func(Document) bool) { splitYAML(data, yield) }
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
