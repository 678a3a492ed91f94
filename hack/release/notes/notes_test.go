// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package notes

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const changelog = `# Changelog

Text.

## [Unreleased]

### Added

- Something new.

## [0.2.0] - 2026-03-01

### Added

- A field with
  two lines, see [Pods](docs/pods.md#a).
- Another [link](https://example.com).

### Fixed

- A mistake.

## v0.1.0

- The first one.

[Unreleased]: https://example.com/commits/main
`

func TestSection(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		version string
		want    string
	}{
		"of what is unreleased":            {version: Unreleased, want: "### Added\n\n- Something new."},
		"with a date and in brackets":      {version: "v0.2.0", want: "### Added\n\n- A field with\n  two lines, see [Pods](docs/pods.md#a).\n- Another [link](https://example.com).\n\n### Fixed\n\n- A mistake."},
		"with v, without targets of links": {version: "v0.1.0", want: "- The first one."},
		"of no version":                    {version: "v0.3.0"},
		"of the beginning of a version":    {version: "v0.2"},
		"with a dot that is not one":       {version: "v0x2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, found := Section(changelog, tc.version)
			assert.Equal(t, tc.want, got)
			assert.Equal(t, tc.want != "", found)
		})
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	section, _ := Section(changelog, "v0.2.0")
	assert.Equal(t, []Entry{
		{Kind: "added", Text: "A field with two lines, see Pods."},
		{Kind: "added", Text: "Another link."},
		{Kind: "fixed", Text: "A mistake."},
	}, Entries(section))
	assert.Empty(t, Entries("- without a kind"))
}

func TestAbsolute(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"a file":             {"see [Pods](docs/pods.md#a)", "see [Pods](https://example.com/v1/docs/pods.md#a)"},
		"a URL":              {"[link](https://example.org/a)", "[link](https://example.org/a)"},
		"a part of the page": {"[above](#a)", "[above](#a)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, Absolute(tc.text, "https://example.com/v1"))
		})
	}
}
