// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/patterns"
	"github.com/geeper-io/llm-operator/reconcilers"
	"github.com/geeper-io/llm-operator/webhooks/validation"
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

// Network policies let the manager reach Ollama from its namespace, whatever else needs it.
func TestOperatorNamespace(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--namespace=team"}, {"--namespace=team", "--leader-elect"}} {
		opts, err := parseOptions(args, io.Discard)
		require.NoError(t, err)
		require.NoError(t, opts.complete())
		assert.Equal(t, "team", opts.reconciler.OperatorNamespace)
	}
}

// Admission and the reconciler have to forbid the same, and each flag allows only what it names.
func TestCompleteSharesAdmissionOptions(t *testing.T) {
	t.Parallel()
	hosts, annotations := patterns.Hosts{"*.example.com"}, patterns.Annotations{"example.com/*"}
	for flag, tc := range map[string]struct {
		admission  validation.Options
		reconciler reconcilers.Options
	}{
		"":                               {},
		"--allow-host-path":              {validation.Options{AllowHostPath: true}, reconcilers.Options{AllowHostPath: true}},
		"--allow-service-accounts":       {validation.Options{AllowServiceAccounts: true}, reconcilers.Options{AllowServiceAccounts: true}},
		"--allow-privileged-pods":        {validation.Options{AllowPrivilegedPods: true}, reconcilers.Options{AllowPrivilegedPods: true}},
		"--watch-namespaces=a,b":         {reconciler: reconcilers.Options{Namespaces: []string{"a", "b"}}},
		"--allow-host-path=false":        {},
		"--allow-service-accounts=false": {},
		"--allow-privileged-pods=false":  {},
		"--allowed-ingress-hosts=*.example.com": {
			validation.Options{AllowedIngressHosts: hosts}, reconcilers.Options{AllowedIngressHosts: hosts},
		},
		"--allowed-ingress-annotations=example.com/*": {
			validation.Options{AllowedIngressAnnotations: annotations}, reconcilers.Options{AllowedIngressAnnotations: annotations},
		},
	} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			opts, err := parseOptions(strings.Fields(flag), io.Discard)
			require.NoError(t, err)
			require.NoError(t, opts.complete())
			tc.reconciler.Concurrency, tc.reconciler.MaxRestarts = opts.reconciler.Concurrency, opts.reconciler.MaxRestarts
			tc.reconciler.OperatorNamespace = opts.namespace
			assert.Equal(t, tc.admission, opts.admission)
			assert.Equal(t, tc.reconciler, opts.reconciler)
		})
	}
}

// A list without a name, as a template may write, is not taken for all namespaces.
func TestNoNamespaceToWatch(t *testing.T) {
	t.Parallel()
	for _, value := range []string{",", " ", ", ,"} {
		opts, err := parseOptions([]string{"--watch-namespaces=" + value}, io.Discard)
		require.NoError(t, err)
		require.EqualError(t, opts.complete(), fmt.Sprintf("invalid value %q for --watch-namespaces: names no namespace; leave the flag out for all", value))
	}
}

// By default three objects have their pods replaced at a time.
func TestMaxRestarts(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string]int{"": 3, "--max-concurrent-restarts=0": 0, "--max-concurrent-restarts=10": 10} {
		opts, err := parseOptions(strings.Fields(flags), io.Discard)
		require.NoError(t, err)
		require.NoError(t, opts.complete())
		assert.Equal(t, want, opts.reconciler.MaxRestarts, flags)
	}
	opts, err := parseOptions([]string{"--max-concurrent-restarts=-1"}, io.Discard)
	require.NoError(t, err)
	require.EqualError(t, opts.complete(), "invalid value -1 for --max-concurrent-restarts: must be 0 or more")
}
