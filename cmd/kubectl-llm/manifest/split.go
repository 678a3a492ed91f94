package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// A Document is one of the texts that a file holds.
type Document struct {
	// Offset is the number of bytes of the file before the text.
	Offset int
	// Line is the number of lines of the file before the text.
	Line int
	// Column is the number of characters before the text on its first line.
	Column int
	// Data is the text, YAML or JSON.
	Data []byte
}

// split parts a file into its documents: YAML at the lines "---" and "...", JSON
// where one value ends and the next begins.
func split(data []byte) []Document {
	if documents := SplitJSON(data); documents != nil {
		return documents
	}
	return splitYAML(data)
}

// SplitJSON parts a file of JSON objects, of which each is YAML too then. It is nil if
// the file is anything else.
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

func splitYAML(data []byte) []Document {
	var documents []Document
	current := Document{}
	line := 0
	for offset := 0; offset < len(data); {
		end := len(data)
		if newline := bytes.IndexByte(data[offset:], '\n'); newline >= 0 {
			end = offset + newline + 1
		}
		switch text := data[offset:end]; {
		case isMarker(text, "---"):
			documents = append(documents, current)
			// What follows the marker on its line belongs to the document, in its column.
			current = Document{Offset: offset, Line: line, Data: append([]byte("   "), text[3:]...)}
		case isMarker(text, "..."):
			documents = append(documents, current)
			current = Document{Offset: end, Line: line + 1} // the marker's line has no other break
		default:
			current.Data = append(current.Data, text...)
		}
		line += len(LineStarts(data[offset:end])) - 1
		offset = end
	}
	return append(documents, current)
}

// isMarker tells whether the line begins with the marker, alone or before a space.
func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[0])))
}

// splitJSON fails on what is JSON at its beginning only. YAML takes no tabs, so there are
// spaces in their place; strings of JSON have none.
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

// A cursor is a place in a text that moves forward only, so that a walk through the
// text takes time in proportion to its size.
type cursor struct {
	data  []byte
	lines []int
	// offset counts bytes, column characters, and line lines, all from 0.
	offset, line, column int
}

// advance moves on to the offset.
func (c *cursor) advance(offset int) {
	for c.line+1 < len(c.lines) && c.lines[c.line+1] <= offset {
		c.line++
		c.offset, c.column = c.lines[c.line], 0
	}
	c.column += utf8.RuneCount(c.data[c.offset:offset])
	c.offset = offset
}

// lineBreaks are those of YAML 1.1, which the library counts; the longest comes first.
//
// Source: yaml.org/spec/1.1, 5.4 (b-break).
var lineBreaks = []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"}

// LineStarts are the offsets at which the lines of YAML begin, the first one included.
func LineStarts(data []byte) []int {
	starts := []int{0}
	for at := 0; at < len(data); {
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
