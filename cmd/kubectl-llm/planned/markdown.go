// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDiff limits the bytes of the diff of an object.
const maxDiff = 30_000

// maxComment limits the characters up to which diffs are printed: GitHub allows 65536 in a comment, which may have more
// than the plans.
const maxComment = 55_000

// writeMarkdown prints a section for each object: a table of what happens, and the diff of the children, folded. Diffs
// for which there is no room beside all tables are left out.
func writeMarkdown(w io.Writer, objects []Object, _ Options) error {
	tables, room := make([]string, 0, len(objects)), maxComment
	for _, object := range objects {
		text := table(object)
		tables, room = append(tables, text), room-utf8.RuneCountInString(text)-1
	}
	var out strings.Builder
	for i, object := range objects {
		if i > 0 {
			out.WriteString("\n")
		}
		folded, err := details(object)
		if err != nil {
			return err
		}
		if size := utf8.RuneCountInString(folded); size <= max(room, 0) {
			room -= size
		} else {
			folded = "\nDifferences omitted: the comment would be too long.\n"
		}
		out.WriteString(tables[i] + folded)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// table returns the heading of an object, and what happens as a table.
func table(object Object) string {
	heading := code(object.name()).markdown()
	if !object.Differs() {
		return fmt.Sprintf("### %s: no changes\n", heading)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "### %s: %s\n", heading, object.outcome())
	topic := ""
	for i, l := range lines(object.Plan) {
		if i == 0 {
			out.WriteString("\n| | | |\n|---|---|---|\n")
		}
		cell := ""
		if l.topic != topic {
			topic, cell = l.topic, l.topic
		}
		says := l.says.markdown()
		if l.serious {
			says = "⚠️ " + says
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", cell, l.subject.markdown(), says)
	}
	return out.String()
}

// details returns the folded diff of the children, "" if none differ.
func details(object Object) (string, error) {
	text, err := diffs(object.Plan)
	if err != nil || text == "" {
		return "", err
	}
	text = shorten(text)
	fence := fenceOf(text)
	return fmt.Sprintf("\n<details><summary>Differences of the children</summary>\n\n%sdiff\n%s%s\n\n</details>\n", fence, text, fence), nil
}

// shorten returns the first lines of the text, up to maxDiff bytes.
func shorten(text string) string {
	if len(text) <= maxDiff {
		return text
	}
	end := strings.LastIndexByte(text[:maxDiff], '\n') + 1
	return text[:end] + fmt.Sprintf("# %d more lines\n", strings.Count(text[end:], "\n"))
}

// fenceOf returns a fence that is longer than any run of backticks in the text.
func fenceOf(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}
