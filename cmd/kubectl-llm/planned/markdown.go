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

// maxComment limits the characters of all plans: GitHub allows 65536 in a comment, which may have more than the plans.
// maxTables is the part of it beyond which objects have only a heading.
const (
	maxComment = 55_000
	maxTables  = 45_000
)

// writeMarkdown prints a section for each object: a table of what happens, and the diff of the children, folded. What
// there is no room for is left out, diffs before tables, and tables before objects.
func writeMarkdown(w io.Writer, objects []Object, _ Options) error {
	sections, room := tables(objects)
	for i := range sections {
		folded, err := details(objects[i])
		if err != nil {
			return err
		}
		if size := utf8.RuneCountInString(folded); size <= room {
			room -= size
		} else {
			folded = omitted("Differences")
		}
		sections[i] += folded
	}
	text := strings.Join(sections, "\n")
	if more := len(objects) - len(sections); more > 0 {
		text += fmt.Sprintf("\n%d more objects are left out: the comment would be too long.\n", more)
	}
	_, err := io.WriteString(w, text)
	return err
}

// tables returns the headings and tables of the first objects, as many as there is room for, and the room that is left.
func tables(objects []Object) (sections []string, room int) {
	room = maxComment
	for _, object := range objects {
		section := heading(object)
		if table := table(object); utf8.RuneCountInString(section+table) <= room-(maxComment-maxTables) {
			section += table
		} else if table != "" {
			section += omitted("Details")
		}
		size := utf8.RuneCountInString(section) + 1
		if size > room {
			break
		}
		sections, room = append(sections, section), room-size
	}
	return sections, room
}

// omitted returns the sentence that stands for what there is no room for.
func omitted(what string) string { return "\n" + what + " omitted: the comment would be too long.\n" }

// heading returns the heading of an object.
func heading(object Object) string {
	outcome := "no changes"
	if object.Differs() {
		outcome = object.outcome()
	}
	return fmt.Sprintf("### %s: %s\n", code(object.name()).markdown(), outcome)
}

// table returns what happens as a table, "" if nothing does.
func table(object Object) string {
	if !object.Differs() {
		return ""
	}
	var out strings.Builder
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
