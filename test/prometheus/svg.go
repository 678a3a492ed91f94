// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Colors of the light theme of Grafana.
const (
	pageColor   = "#f4f5f5"
	panelColor  = "#ffffff"
	borderColor = "#dcdfe3"
	gridColor   = "#e9ebee"
	textColor   = "#24292e"
	faintColor  = "#6e757c"
)

// palette has the colors of series, as Grafana assigns them.
var palette = []string{
	"#73bf69", "#f2b01e", "#5794f2", "#ff780a", "#e02f44", "#3f6fb5", "#b877d9", "#705da0", "#37872d", "#c89b0a", "#1f60c4", "#c15c17",
}

// namedColors are the colors that a dashboard names.
var namedColors = map[string]string{"green": "#56a64b", "orange": "#ff780a", "red": "#e02f44", "blue": "#5794f2"}

// colorOf returns the color that a dashboard names, or has in hexadecimal.
func colorOf(name string) string {
	if color, named := namedColors[name]; named {
		return color
	}
	return name
}

// A box is a part of the picture, in pixels.
type box struct{ x, y, w, h float64 }

// inset returns the box without a margin.
func (b box) inset(margin float64) box {
	return box{b.x + margin, b.y + margin, b.w - 2*margin, b.h - 2*margin}
}

// An svg is a picture that is being drawn.
type svg struct{ out strings.Builder }

// rect draws a filled rectangle.
func (s *svg) rect(b box, fill string) {
	fmt.Fprintf(&s.out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", b.x, b.y, b.w, b.h, fill)
}

// frame draws a rectangle with a border and round corners.
func (s *svg) frame(b box) {
	fmt.Fprintf(&s.out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" fill=\"%s\" stroke=\"%s\"/>\n", b.x, b.y, b.w, b.h, panelColor, borderColor)
}

// line draws a straight line.
func (s *svg) line(x1, y1, x2, y2 float64, color string) {
	fmt.Fprintf(&s.out, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, color)
}

// A style is how a text looks. The zero value of anchor means that the text begins at its position.
type style struct {
	size   float64
	color  string
	anchor string
	bold   bool
}

// text draws a line of text, whose position is that of its baseline.
func (s *svg) text(x, y float64, text string, as style) {
	attributes := ""
	if as.anchor != "" {
		attributes = ` text-anchor="` + as.anchor + `"`
	}
	if as.bold {
		attributes += ` font-weight="600"`
	}
	fmt.Fprintf(&s.out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\" fill=\"%s\"%s>", x, y, as.size, as.color, attributes)
	_ = xml.EscapeText(&s.out, []byte(text)) // a strings.Builder has no errors
	s.out.WriteString("</text>\n")
}

// width returns about how wide a text is.
func width(text string, size float64) float64 { return 0.56 * size * float64(len(text)) }

// fit shortens a text that would be wider than the limit.
func fit(text string, size, limit float64) string {
	if width(text, size) <= limit {
		return text
	}
	keep := max(1, int(limit/(0.56*size))-1)
	return text[:min(keep, len(text))] + "…"
}

// document returns the picture of the given size.
func (s *svg) document(w, h float64) []byte {
	return fmt.Appendf(nil, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"Inter, Helvetica, Arial, sans-serif\">\n%s</svg>\n", w, h, s.out.String())
}
