// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package notes reads what a release changes from a changelog in the format of Keep a Changelog.
package notes

import (
	"regexp"
	"strings"
)

// Unreleased is the name of the section of what no version has yet.
const Unreleased = "Unreleased"

// Section returns the text of the section of a version, such as v0.1.0 or Unreleased, without its heading, and
// whether there is one. The heading may have the version with or without v, and a date.
func Section(changelog, version string) (string, bool) {
	section, found := afterHeading(changelog, version)
	if !found {
		return "", false
	}
	if next := nextSection.FindStringIndex(section); next != nil {
		section = section[:next[0]]
	}
	section = strings.TrimSpace(linkTarget.ReplaceAllString(section, ""))
	return section, section != ""
}

var (
	nextSection = regexp.MustCompile(`(?m)^## `)
	linkTarget  = regexp.MustCompile(`(?m)^\[[^\]]+\]: .*$`)
)

// afterHeading returns what is after the heading of a version, and whether there is one.
func afterHeading(changelog, version string) (string, bool) {
	heading := regexp.MustCompile(`(?m)^## \[?v?` + regexp.QuoteMeta(strings.TrimPrefix(version, "v")) + `(\].*|[ \t].*)?$\n?`)
	at := heading.FindStringIndex(changelog)
	if at == nil {
		return "", false
	}
	return changelog[at[1]:], true
}

// An Entry is a change.
type Entry struct {
	// Kind is added, changed, deprecated, removed, fixed or security.
	Kind string
	// Text is the description in one line, without the targets of its links.
	Text string
}

var (
	kind      = regexp.MustCompile(`(?m)^### (\w+)\n`)
	item      = regexp.MustCompile(`(?m)^- `)
	reference = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
)

// Entries returns the changes in a section, in their order.
func Entries(section string) []Entry {
	var entries []Entry
	headings := kind.FindAllStringSubmatchIndex(section, -1)
	for i, heading := range headings {
		end := len(section)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		for _, text := range item.Split(section[heading[1]:end], -1)[1:] {
			text = strings.Join(strings.Fields(reference.ReplaceAllString(text, "$1")), " ")
			entries = append(entries, Entry{Kind: strings.ToLower(section[heading[2]:heading[3]]), Text: text})
		}
	}
	return entries
}

// Absolute returns a text in which links to files are links below a URL.
func Absolute(text, base string) string {
	return reference.ReplaceAllStringFunc(text, func(link string) string {
		parts := reference.FindStringSubmatch(link)
		if strings.Contains(parts[2], "://") || strings.HasPrefix(parts[2], "#") {
			return link
		}
		return "[" + parts[1] + "](" + base + "/" + parts[2] + ")"
	})
}
