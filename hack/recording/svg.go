// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"html"
	"strings"
)

// The size of the terminal: rows that are visible, and pixels.
const (
	visibleRows = 30
	rowHeight   = 18
	fontSize    = 14
	padding     = 14
	// width has room for the columns in all usual monospaced fonts, whose characters are at most 0.61 times as wide as
	// high.
	width  = 2*padding + columns*fontSize*61/100
	height = 2*padding + visibleRows*rowHeight
)

const style = `text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; }
.command { fill: #ffffff; font-weight: bold; }
.step { fill: #7ee787; font-weight: bold; }
`

// draw returns an SVG of a terminal that prints the rows at their times, again and again, without an animation where
// people have turned those off: it shows the last rows then.
//
// All rows are in one group, which moves up: those that are not printed yet are below the visible part.
func draw(title string, rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" xml:space="preserve">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>\n%s%s</style>\n", html.EscapeString(title), style, keyframes(rows))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="8" fill="#0d1117"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<svg x="%d" y="%d" width="%d" height="%d"><g class="rows">`+"\n", padding, padding, width-2*padding, height-2*padding)
	for i, r := range rows {
		if r.text == "" {
			continue
		}
		fmt.Fprintf(&b, `<text class="%s" y="%d">%s</text>`+"\n", r.kind, i*rowHeight+fontSize, html.EscapeString(r.text))
	}
	b.WriteString("</g></svg>\n</svg>\n")
	return b.String()
}

// keyframes returns the style that moves the rows.
func keyframes(rows []row) string {
	if len(rows) == 0 {
		return ""
	}
	total := rows[len(rows)-1].at + endPause
	var b strings.Builder
	fmt.Fprintf(&b, ".rows { transform: translateY(%dpx); }\n", offset(len(rows)))
	fmt.Fprintf(&b, "@media (prefers-reduced-motion: no-preference) { .rows { animation: print %.1fs step-end infinite; } }\n", total.Seconds())
	fmt.Fprintf(&b, "@keyframes print {\n0%% { transform: translateY(%dpx); }\n", offset(0))
	for i, r := range rows {
		if i+1 < len(rows) && rows[i+1].at == r.at {
			continue
		}
		fmt.Fprintf(&b, "%.3f%% { transform: translateY(%dpx); }\n", 100*r.at.Seconds()/total.Seconds(), offset(i+1))
	}
	b.WriteString("}\n")
	return b.String()
}

// offset returns where the first row is, in pixels below the top, when n rows have been printed: the last of them is
// at the bottom.
func offset(n int) int { return (visibleRows - n) * rowHeight }
