// Package terminal is about what people look at: colour where it is wanted, and no
// text that a terminal would obey.
package terminal

import (
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// IsColourful tells whether the output is a terminal whose user has not asked for plain
// text.
//
// Source: no-color.org.
func IsColourful(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// Paint has the attributes, or none without colour.
func Paint(colour bool, attributes ...color.Attribute) *color.Color {
	paint := color.New(attributes...)
	if colour {
		paint.EnableColor()
	} else {
		paint.DisableColor()
	}
	return paint
}

// Plain is what others wrote, on one line and with spaces for control characters.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
