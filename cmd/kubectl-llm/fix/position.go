// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"cmp"
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
)

// originally returns where the position was in the original text.
func (d document) originally(line, column int) (originalLine, originalColumn int) {
	if len(d.history) == 0 {
		return line, column
	}
	at := offset(d.text, d.parsed().LineStarts(), line, column)
	for _, edits := range slices.Backward(d.history) {
		at = undo(edits, at)
	}
	return position(d.original.Data, d.original.LineStarts(), at)
}

// undo returns the offset before the edits of an offset after them.
func undo(edits []edit.Edit, offset int) int {
	inOrder := slices.SortedStableFunc(slices.Values(edits), func(a, b edit.Edit) int { return cmp.Compare(a.Start, b.Start) })
	grown := 0
	for _, e := range inOrder {
		start := e.Start + grown
		if offset < start {
			break
		}
		if offset < start+len(e.Text) {
			return e.Start
		}
		grown += len(e.Text) - (e.End - e.Start)
	}
	return offset - grown
}

// position returns the line and the column in characters of the offset, both counted from 1.
func position(text []byte, lines []int, offset int) (line, column int) {
	line = sort.SearchInts(lines, offset+1)
	return line, 1 + utf8.RuneCount(text[lines[line-1]:offset])
}

// offset returns the offset of the position, the opposite of position.
func offset(text []byte, lines []int, line, column int) int {
	at := lines[line-1]
	for range column - 1 {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}
