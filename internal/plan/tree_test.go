// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before, after string
		want          []string
	}{
		"nothing":                     {`{"a":[1,{"b":null}]}`, `{"a":[1,{"b":null}]}`, nil},
		"a number":                    {`{"a":1}`, `{"a":2}`, []string{"a"}},
		"a field more":                {`{"a":{}}`, `{"a":{"b":{"c":1}}}`, []string{"a.b"}},
		"a field less":                {`{"a":{"b":{"c":1}}}`, `{"a":{}}`, []string{"a.b"}},
		"a key that users choose":     {`{"labels":{"a.b/c":"1","d":"2"}}`, `{"labels":{"a.b/c":"2","d":"2"}}`, []string{"labels[a.b/c]"}},
		"an entry":                    {`{"env":[{"name":"A","value":"1"},{"name":"B"}]}`, `{"env":[{"name":"A","value":"2"},{"name":"B"}]}`, []string{"env[A].value"}},
		"entries more and less":       {`{"env":[{"name":"A"}]}`, `{"env":[{"name":"B"}]}`, []string{"env[A]", "env[B]"}},
		"another order of entries":    {`{"env":[{"name":"A"},{"name":"B"}]}`, `{"env":[{"name":"B"},{"name":"A"}]}`, []string{"env"}},
		"mounts by path":              {`{"m":[{"name":"a","mountPath":"/a"},{"name":"a","mountPath":"/b"}]}`, `{"m":[{"name":"a","mountPath":"/a"}]}`, []string{"m[/b]"}},
		"entries of the same name":    {`{"m":[{"name":"a"},{"name":"a"}]}`, `{"m":[{"name":"a"}]}`, []string{"m"}},
		"a list of texts":             {`{"a":["b","c"]}`, `{"a":["c"]}`, []string{"a"}},
		"a list where there was none": {`{}`, `{"env":[{"name":"A"}]}`, []string{"env"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, err := parse([]byte(tc.before))
			require.NoError(t, err)
			after, err := parse([]byte(tc.after))
			require.NoError(t, err)
			var got []string
			for _, c := range differences(before, after) {
				got = append(got, join(c.path))
			}
			assert.Equal(t, tc.want, got)
			assert.Equal(t, before, walk(before, after, nil, func(change) bool { return false }), "without the changes")
		})
	}
}
