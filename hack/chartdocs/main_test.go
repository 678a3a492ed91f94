// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		values string
		want   string
		err    string
	}{
		"a scalar": {
			values: "# Number of pods.\nreplicas: 2\n",
			want:   "| `replicas` | `2` | Number of pods. |\n",
		},
		"an empty string": {
			values: "# Name; empty means\n# that of the release.\nname: \"\"\n",
			want:   "| `name` | `\"\"` | Name; empty means that of the release. |\n",
		},
		"a section": {
			values: "image:\n  # Where it is.\n  repository: a/b\n  # Which one.\n  tag: v1\n",
			want:   "| `image.repository` | `a/b` | Where it is. |\n| `image.tag` | `v1` | Which one. |\n",
		},
		"a mapping with a comment": {
			values: "# What it gets.\nresources:\n  requests:\n    cpu: 50m\n  limits: {memory: 1Gi}\n",
			want:   "| `resources` | `{requests: {cpu: 50m}, limits: {memory: 1Gi}}` | What it gets. |\n",
		},
		"lists": {
			values: "# None.\na: []\n# Some.\nb:\n  - c\n  - d\n",
			want:   "| `a` | `[]` | None. |\n| `b` | `[c, d]` | Some. |\n",
		},
		"an example after a value": {
			values: "a:\n  # What is allowed.\n  b: {}\n  #  c: 1\n\n# Another.\nd: true\n",
			want:   "| `a.b` | `{}` | What is allowed. |\n| `d` | `true` | Another. |\n",
		},
		"characters of Markdown": {
			values: "# One of a|b, as in *.example.com or <name>.\na: b\n",
			want:   "| `a` | `b` | One of a\\|b, as in \\*.example.com or \\<name>. |\n",
		},
		"a value without a comment": {values: "a:\n  b: 1\n", err: "line 2: a.b must have a comment before it"},
		"a list of values":          {values: "[a]", err: "must be a mapping"},
		"no values":                 {err: "must be a mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tableOf([]byte(tc.values))
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			_, rows, _ := strings.Cut(got, "|---|---|---|\n")
			assert.Equal(t, tc.want, rows)
		})
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		readme string
		want   string
	}{
		"an earlier table":    {readme: "before\n" + begin + "old\n" + end + "\nafter\n", want: "before\n" + begin + "\nnew\n" + end + "\nafter\n"},
		"no marker":           {readme: "before\n"},
		"no end":              {readme: "before\n" + begin},
		"an end at the front": {readme: end + "\n" + begin},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := replace(tc.readme, "new")
			if tc.want == "" {
				require.ErrorContains(t, err, "must have a line")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}
