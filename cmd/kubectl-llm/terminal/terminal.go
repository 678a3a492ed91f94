// Package terminal is about what people look at: color where it is wanted, and no
// text that a terminal would obey.
package terminal

import (
	"io"
	"os"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// Is reports whether the output is a terminal.
func Is(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// WantsColor reports whether the output is a terminal whose user has not asked for
// plain text.
//
// Source: no-color.org.
func WantsColor(out io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && Is(out)
}

// Paint has the attributes, or none without color.
func Paint(colored bool, attributes ...color.Attribute) *color.Color {
	paint := color.New(attributes...)
	if colored {
		paint.EnableColor()
	} else {
		paint.DisableColor()
	}
	return paint
}
