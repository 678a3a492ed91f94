// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseOptions(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		err  string
	}{
		"flags only":                        {args: []string{"--leader-elect", "--namespace=a", "--webhook-port", "1"}},
		"boolean value without equals sign": {args: []string{"--leader-elect", "true", "--namespace=a"}, err: `unexpected argument "true"`},
		"positional argument first":         {args: []string{"run", "--leader-elect"}, err: `unexpected argument "run"`},
		"positional argument last":          {args: []string{"--leader-elect", "run"}, err: `unexpected argument "run"`},
		"empty argument":                    {args: []string{"", "--leader-elect"}, err: `unexpected argument ""`},
		"flag after the terminator":         {args: []string{"--leader-elect", "--", "--namespace=a"}, err: `unexpected argument "--namespace=a"`},
		"unknown flag":                      {args: []string{"--leader-elected"}, err: "not defined: -leader-elected; see --help"},
		"value of the wrong type":           {args: []string{"--webhook-port=https"}, err: `invalid value "https"`},
		"proxy":                             {args: []string{"--leader-elect", "--namespace=a", "--webhook-port=1", "--ollama-proxy-url=http://10.0.0.1:3128"}},
		"no proxy":                          {args: []string{"--leader-elect", "--namespace=a", "--webhook-port=1", "--ollama-proxy-url="}},
		"proxy without scheme":              {args: []string{"--ollama-proxy-url=10.0.0.1:3128"}, err: "must be the URL of an HTTP proxy, such as http://10.0.0.1:3128"},
		"proxy of another kind":             {args: []string{"--ollama-proxy-url=socks5://10.0.0.1:1080"}, err: "must be the URL of an HTTP proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts, err := parseOptions(tc.args, io.Discard)
			if tc.err != "" {
				assert.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.True(t, opts.leaderElection)
			assert.Equal(t, "a", opts.namespace)
			assert.Equal(t, 1, opts.webhookPort)
		})
	}
}

func TestParseOptionsHelp(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	_, err := parseOptions([]string{"--help"}, &out)
	require.ErrorIs(t, err, flag.ErrHelp)
	assert.Contains(t, out.String(), "-leader-elect")
	assert.Contains(t, out.String(), "-kubeconfig")
}

// Admission and the reconciler have to forbid the same.
func TestCompleteSharesAdmissionOptions(t *testing.T) {
	t.Parallel()
	opts, err := parseOptions([]string{"--allow-host-path", "--allowed-ingress-hosts=*.example.com", "--allowed-ingress-annotations=example.com/*"}, io.Discard)
	require.NoError(t, err)
	require.NoError(t, opts.complete())
	assert.True(t, opts.reconciler.AllowHostPath)
	assert.Equal(t, "*.example.com", opts.reconciler.AllowedIngressHosts.String())
	assert.Equal(t, "example.com/*", opts.reconciler.AllowedIngressAnnotations.String())
}
