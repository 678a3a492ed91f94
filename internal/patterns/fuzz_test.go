// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package patterns

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A flag's value is written as it is read, and allows what its patterns name and nothing else.
func FuzzHosts(f *testing.F) {
	for _, seed := range [][2]string{
		{"chat.example.com", "chat.example.com"},
		{"*.example.com", "a.example.com"},
		{"*.example.com", "evilexample.com"},
		{"*.example.com", "*.example.com"},
		{"a.example.com,*.b.example.com", "x.y.b.example.com"},
		{"", "a"},
		{",", ""},
		{"*", "a"},
		{"*.com", "*.a.com"},
		{"a b", "a"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, flag, host string) {
		var hosts, again Hosts
		if hosts.Set(flag) != nil {
			return
		}
		require.NoError(t, again.Set(hosts.String()))
		assert.Equal(t, hosts, again)
		labels := strings.Split(host, ".")
		want := len(hosts) == 0 || slices.ContainsFunc(hosts, func(pattern string) bool {
			parts := strings.Split(pattern, ".")
			if parts[0] != "*" {
				return slices.Equal(parts, labels)
			}
			return len(labels) >= len(parts) && slices.Equal(parts[1:], labels[len(labels)-len(parts)+1:])
		})
		assert.Equal(t, want, hosts.Allows(host))
	})
}

// The same for the keys of annotations.
func FuzzAnnotations(f *testing.F) {
	for _, seed := range [][2]string{
		{"example.com/a", "example.com/a"},
		{"example.com/*", "example.com/b"},
		{"example.com/*", "example.com.evil/b"},
		{"example.com/*,a", "a"},
		{"", "x"},
		{",", ""},
		{"*", "a"},
		{"a/*/b", "a/c/b"},
		{"/*", "/a"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, flag, key string) {
		var keys, again Annotations
		if keys.Set(flag) != nil {
			return
		}
		require.NoError(t, again.Set(keys.String()))
		assert.Equal(t, keys, again)
		prefix, _, qualified := strings.Cut(key, "/")
		want := len(keys) == 0 || slices.ContainsFunc(keys, func(pattern string) bool {
			return pattern == key || qualified && pattern == prefix+"/*"
		})
		assert.Equal(t, want, keys.Allows(key))
	})
}
