package main

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		err  string
	}{
		"flags":                      {args: []string{"--leader-elect", "--namespace=a", "--webhook-port", "1"}},
		"a value without equals":     {args: []string{"--leader-elect", "true", "--namespace=a"}, err: `unexpected argument "true"`},
		"a stray argument at first":  {args: []string{"run", "--leader-elect"}, err: `unexpected argument "run"`},
		"a stray argument at last":   {args: []string{"--leader-elect", "run"}, err: `unexpected argument "run"`},
		"an empty argument":          {args: []string{"", "--leader-elect"}, err: `unexpected argument ""`},
		"behind the end of flags":    {args: []string{"--leader-elect", "--", "--namespace=a"}, err: `unexpected argument "--namespace=a"`},
		"an unknown flag":            {args: []string{"--leader-elected"}, err: "not defined: -leader-elected; see --help"},
		"a value of the wrong shape": {args: []string{"--webhook-port=https"}, err: `invalid value "https"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts, err := parse(tc.args, io.Discard)
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

func TestParseHelp(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	_, err := parse([]string{"--help"}, &out)
	require.ErrorIs(t, err, flag.ErrHelp)
	assert.Contains(t, out.String(), "-leader-elect")
	assert.Contains(t, out.String(), "-kubeconfig")
}

// What admission is told to forbid, the reconciler is told too.
func TestCompleteAllowed(t *testing.T) {
	t.Parallel()
	opts, err := parse([]string{"--allow-host-path", "--allowed-ingress-hosts=*.example.com", "--allowed-ingress-annotations=example.com/*"}, io.Discard)
	require.NoError(t, err)
	require.NoError(t, opts.complete())
	assert.True(t, opts.reconciler.AllowHostPath)
	assert.Equal(t, "*.example.com", opts.reconciler.AllowedIngressHosts.String())
	assert.Equal(t, "example.com/*", opts.reconciler.AllowedIngressAnnotations.String())
}
