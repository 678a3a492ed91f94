// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"time"
	"unicode"
)

// columns is the width of the terminal in characters.
const columns = 110

// Pauses before a line that people can follow.
const (
	minPause  = 40 * time.Millisecond
	maxPause  = 1200 * time.Millisecond
	stepPause = 2500 * time.Millisecond
	// endPause is how long the last lines are shown before the recording begins again.
	endPause = 6 * time.Second
)

// A kind of a row decides its color.
type kind string

const (
	output  kind = "output"
	command kind = "command"
	step    kind = "step"
)

// A row is a row of the terminal.
type row struct {
	// at is the time in the recording at which it is printed.
	at   time.Duration
	kind kind
	text string
}

// schedule returns the rows of the lines, with times that people can follow: output follows a command after a moment,
// no pause is longer than one second or so, and there is time to read before the next step. The directory dir is
// written as "~".
func schedule(lines []line, dir string) []row {
	var rows []row
	var at, last time.Duration
	for _, l := range lines {
		k := kindOf(l.text)
		pause := min(max(l.at-last, minPause), maxPause)
		last = l.at
		if k == step && len(rows) > 0 {
			pause = stepPause
		}
		at += pause
		for _, text := range wrap(printable(strings.ReplaceAll(l.text, dir, "~"))) {
			rows = append(rows, row{at, k, text})
		}
		if k == command {
			at += maxPause / 2
		}
	}
	return rows
}

// kindOf returns the kind of a line of hack/demo.sh.
func kindOf(text string) kind {
	switch {
	case strings.HasPrefix(text, "== "):
		return step
	case strings.HasPrefix(text, "$ "):
		return command
	default:
		return output
	}
}

// printable returns the text with spaces for tabs, and without control and other characters that XML forbids.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\t", "    "))
}

// wrap splits a text into rows of the terminal, after a space if there is one: one row, which is empty, if the text is.
func wrap(text string) []string {
	characters := []rune(text)
	var rows []string
	for len(characters) > columns {
		end := columns
		for i := columns; i > 0; i-- {
			if characters[i-1] == ' ' {
				end = i
				break
			}
		}
		rows = append(rows, string(characters[:end]))
		characters = characters[end:]
	}
	return append(rows, string(characters))
}
