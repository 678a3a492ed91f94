// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package patterns

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hosts, annotations string
		allowed, rejected  []string
		err                string
	}{
		"no patterns allow any host":   {allowed: []string{"a", "*.b.c", ""}},
		"exact host":                   {hosts: "a.example.com", allowed: []string{"a.example.com"}, rejected: []string{"b.a.example.com", "*.example.com", "example.com", "a.example.com.evil.org"}},
		"wildcard host":                {hosts: "*.example.com", allowed: []string{"a.example.com", "b.a.example.com", "*.example.com", "*.a.example.com"}, rejected: []string{"example.com", "evilexample.com", "*.com", "a.example.com.evil.org"}},
		"several hosts":                {hosts: "a.b,*.c", allowed: []string{"a.b", "x.c"}, rejected: []string{"x.b", "c"}},
		"URL instead of a host":        {hosts: "https://a.b", err: `"https://a.b" must be a DNS name such as "chat.example.com", or "*.example.com"`},
		"upper-case host":              {hosts: "A.b", err: "must be a DNS name"},
		"empty host":                   {hosts: "a.b,", err: "must be a DNS name"},
		"wildcard without a domain":    {hosts: "*", err: "must be a DNS name"},
		"wildcard in the middle":       {hosts: "a.*.b", err: "must be a DNS name"},
		"annotation keys and prefixes": {annotations: "a.b/c,example.com/*", allowed: []string{"a.b/c", "example.com/d"}, rejected: []string{"a.b/d", "a.b/cc", "x.example.com/d", "example.com", "c"}},
		"invalid annotation key":       {annotations: "a b", err: `"a b" must be an annotation key, or "example.com/*" for all keys with a prefix`},
		"wildcard without a prefix":    {annotations: "*", err: "must be an annotation key"},
		"wildcard in a name":           {annotations: "example.com/a*", err: "must be an annotation key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hosts Hosts
			var annotations Annotations
			err := hosts.Set(tc.hosts)
			if err == nil {
				err = annotations.Set(tc.annotations)
			}
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			allows := hosts.Allows
			if len(annotations) > 0 {
				allows = annotations.Allows
			}
			for _, value := range tc.allowed {
				assert.True(t, allows(value), value)
			}
			for _, value := range tc.rejected {
				assert.False(t, allows(value), value)
			}
		})
	}
}
