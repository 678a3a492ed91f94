// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const changelog = "## [Unreleased]\n\n- New.\n\n## [0.1.0] - 2026-03-01\n\n- First.\n"

func TestPlan(t *testing.T) {
	t.Parallel()
	committed := time.Unix(1, 0)
	for name, tc := range map[string]struct {
		version  string
		snapshot bool
		changed  []string
		want     release
		err      string
	}{
		"a version of the changelog": {
			version: "v0.1.0",
			want:    release{version: "v0.1.0", created: committed, changes: "- First."},
		},
		"a version without v": {version: "0.1.0", err: `the version "0.1.0" must be semantic, such as v0.1.0 or v0.1.0-rc.1`},
		"a short version":     {version: "v0.1", err: `the version "v0.1" must be semantic, such as v0.1.0 or v0.1.0-rc.1`},
		"no version":          {snapshot: true, err: `the version "" must be semantic, such as v0.1.0 or v0.1.0-rc.1`},
		"a version without a section": {
			version: "v0.2.0",
			err:     "CHANGELOG.md must have a section ## [0.2.0] with what has changed; SNAPSHOT=1 makes a release that is not published",
		},
		"a checkout with changes": {
			version: "v0.1.0", changed: []string{"a", "b"},
			err: "the checkout must not differ from its commit: a, b; SNAPSHOT=1 makes a release that is not published",
		},
		"both": {
			version: "v0.2.0", changed: []string{"a"},
			err: "CHANGELOG.md must have a section ## [0.2.0] with what has changed\nthe checkout must not differ from its commit: a; SNAPSHOT=1 makes a release that is not published",
		},
		"a snapshot": {
			version: "v0.2.0-rc.1", snapshot: true, changed: []string{"a"},
			want: release{version: "v0.2.0-rc.1", prerelease: true, created: committed, changes: "- New."},
		},
		"a snapshot of a version of the changelog": {
			version: "v0.1.0", snapshot: true,
			want: release{version: "v0.1.0", created: committed, changes: "- First."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := plan(tc.version, tc.snapshot, checkout{changelog: changelog, changed: tc.changed, committed: committed})
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	var names []string
	for _, one := range platforms {
		names = append(names, one.program()+" "+one.archive("v0.1.0"))
	}
	assert.Equal(t, []string{
		"kubectl-llm kubectl-llm_v0.1.0_linux_amd64.tar.gz",
		"kubectl-llm kubectl-llm_v0.1.0_linux_arm64.tar.gz",
		"kubectl-llm kubectl-llm_v0.1.0_darwin_amd64.tar.gz",
		"kubectl-llm kubectl-llm_v0.1.0_darwin_arm64.tar.gz",
		"kubectl-llm.exe kubectl-llm_v0.1.0_windows_amd64.zip",
	}, names)
	r := release{version: "v0.1.0"}
	assert.Equal(t, "ghcr.io/geeper-io/llm-operator:v0.1.0", r.image())
	assert.Equal(t, "https://github.com/geeper-io/llm-operator/releases/download/v0.1.0/a", r.url("a"))
}
