// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package terminal colors output, and escapes untrusted text so that it cannot control the
// terminal.
package terminal

import (
	"io"
	"os"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// IsTerminal reports whether the output is a terminal.
func IsTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// ColorEnabled reports whether the output is a terminal and neither NO_COLOR nor TERM=dumb
// is set.
//
// Source: no-color.org.
func ColorEnabled(out io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && IsTerminal(out)
}

// NewColor returns a color with the attributes, or one that prints plain text if colored is
// false.
func NewColor(colored bool, attributes ...color.Attribute) *color.Color {
	c := color.New(attributes...)
	if colored {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c
}
