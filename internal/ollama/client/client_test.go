// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/internal/ollama/client"
	double "github.com/geeper-io/llm-operator/test/ollama"
)

const address = "10.128.0.7:11434"

// plain returns the download of a model by its name.
func plain(name string) ollama.Download { return ollama.Registries{}.Download(ollama.ModelName(name)) }

// A fixture is a server and a client of it, in a bubble of synctest.
type fixture struct {
	*client.Client
	server   *double.Server
	registry *double.Registry
	network  *double.Network
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	registry := double.NewRegistry(nil)
	server := double.NewServer(registry)
	network := double.NewNetwork()
	network.Add(address, server)
	t.Cleanup(network.Close)
	httpClient := client.NewHTTPClient(nil)
	httpClient.Transport.(*http.Transport).DialContext = network.DialContext
	return fixture{client.New(address, httpClient), server, registry, network}
}

// calls are the calls of a client by the kind of request.
var calls = map[double.Kind]func(context.Context, *client.Client) error{
	double.KindList: func(ctx context.Context, c *client.Client) error {
		_, err := c.List(ctx)
		return err
	},
	double.KindPull:   func(ctx context.Context, c *client.Client) error { return c.Pull(ctx, plain("a:b"), nil) },
	double.KindDelete: func(ctx context.Context, c *client.Client) error { return c.Delete(ctx, "a:b") },
	double.KindVersion: func(ctx context.Context, c *client.Client) error {
		_, err := c.Version(ctx)
		return err
	},
}

// Whatever a server does, calls return within their bounds, with the reason.
func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		kind   double.Kind
		fault  double.Fault
		reason client.Reason
		text   string
		within time.Duration
	}{
		"list, internal error": {double.KindList, double.InternalError, client.Server, double.ErrorText, 0},
		"list, redirect":       {double.KindList, double.Redirect, client.Protocol, `HTTP 307: <a href="/elsewhere">Temporary Redirect</a>.`, 0},
		"list, garbage":        {double.KindList, double.Garbage, client.Protocol, "the answer is not Ollama's: invalid character '<' looking for beginning of value", 0},
		"list, error":          {double.KindList, double.ErrorLine, client.Protocol, "the answer is not Ollama's: there is no list of models", 0},
		"list, slow headers":   {double.KindList, double.SlowHeaders, client.Unreachable, "no complete answer within 5s", 5 * time.Second},
		"list, slow body":      {double.KindList, double.SlowBody, client.Unreachable, "no complete answer within 5s", 5 * time.Second},
		"list, stall":          {double.KindList, double.Stall, client.Unreachable, "no complete answer within 5s", 5 * time.Second},
		"list, cut":            {double.KindList, double.Cut, client.Unreachable, "the answer broke off: unexpected EOF", 0},
		"list, end early":      {double.KindList, double.EndEarly, client.Protocol, "the answer ended too early", 0},
		"list, endless":        {double.KindList, double.Endless, client.Protocol, "the answer is not Ollama's: more than 2000 models", 0},
		"list, huge":           {double.KindList, double.Huge, client.Protocol, "the answer is too large", 0},

		"pull, internal error": {double.KindPull, double.InternalError, client.Registry, double.ErrorText, 0},
		"pull, redirect":       {double.KindPull, double.Redirect, client.Protocol, "HTTP 307", 0},
		"pull, garbage":        {double.KindPull, double.Garbage, client.Protocol, "a line of the answer is not Ollama's: invalid character '<' looking for beginning of value", 0},
		"pull, error":          {double.KindPull, double.ErrorLine, client.Registry, double.ErrorText, 0},
		"pull, slow headers":   {double.KindPull, double.SlowHeaders, client.Unreachable, "net/http: timeout awaiting response headers", 30 * time.Second},
		"pull, slow body":      {double.KindPull, double.SlowBody, client.Stalled, "the pull makes no progress", 5 * time.Minute},
		"pull, stall":          {double.KindPull, double.Stall, client.Stalled, "the pull makes no progress", 5 * time.Minute},
		"pull, cut":            {double.KindPull, double.Cut, client.Unreachable, "the answer broke off: unexpected EOF", 0},
		"pull, end early":      {double.KindPull, double.EndEarly, client.Protocol, "the answer ended before the model was pulled", 0},
		"pull, repeat":         {double.KindPull, double.Repeat, client.Stalled, "the pull makes no progress", 5 * time.Minute},
		"pull, endless":        {double.KindPull, double.Endless, client.Stalled, "the answer goes on without progress", 0},
		"pull, huge":           {double.KindPull, double.Huge, client.Protocol, "a line of the answer is longer than 65536 bytes", 0},

		"delete, internal error": {double.KindDelete, double.InternalError, client.Server, double.ErrorText, 0},
		"delete, slow headers":   {double.KindDelete, double.SlowHeaders, client.Unreachable, "no complete answer within 20s", 20 * time.Second},
		"delete, redirect":       {double.KindDelete, double.Redirect, client.Protocol, "HTTP 307", 0},

		"version, internal error": {double.KindVersion, double.InternalError, client.Server, double.ErrorText, 0},
		"version, garbage":        {double.KindVersion, double.Garbage, client.Protocol, "the answer is not Ollama's: invalid character '<' looking for beginning of value", 0},
		"version, error":          {double.KindVersion, double.ErrorLine, client.Protocol, "the answer has no version", 0},
		"version, stall":          {double.KindVersion, double.Stall, client.Unreachable, "no complete answer within 5s", 5 * time.Second},
		"version, endless":        {double.KindVersion, double.Endless, client.Protocol, "the answer is too large", 0},
		"version, huge":           {double.KindVersion, double.Huge, client.Protocol, "the answer is too large", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.server.Inject(test.kind, test.fault)
				start := time.Now()
				err := calls[test.kind](t.Context(), f.Client)
				assert.Equal(t, &client.Error{Reason: test.reason, Message: test.text}, err)
				assert.Equal(t, test.within, time.Since(start).Truncate(time.Second))
			})
		})
	}
}

// The end of the caller's context is its own error, which has no reason.
func TestContext(t *testing.T) {
	for kind, call := range calls {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.server.Inject(kind, double.SlowHeaders)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := call(ctx, f.Client)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Empty(t, client.ReasonOf(err))

				f.server.Inject(kind, double.Stall)
				ctx, cancel = context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if kind != double.KindDelete { // has no body
					require.ErrorIs(t, call(ctx, f.Client), context.Canceled)
				}
			})
		})
	}
}

func TestUnreachable(t *testing.T) {
	for kind, call := range calls {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.network.Remove(address)
				assert.Equal(t, &client.Error{Reason: client.Unreachable, Message: "dial tcp: connection refused"}, call(t.Context(), f.Client))
			})
			err := call(t.Context(), client.New("not an address", nil))
			assert.Equal(t, client.Unreachable, client.ReasonOf(err))
		})
	}
}

func TestDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.registry.Add("a:b", 1)
		require.True(t, f.server.Put("a:b"))
		require.NoError(t, f.Delete(t.Context(), "a:b"))
		assert.Empty(t, f.server.Volume.Models())
		require.NoError(t, f.Delete(t.Context(), "a:b"), "the model is not there")
		assert.Equal(t, &client.Error{Reason: client.Invalid, Message: `name "a/b/c/d" is invalid`}, f.Delete(t.Context(), "a/b/c/d"))
	})
}

// The route is missing on a server that is not Ollama's.
func TestDeleteIsNotFooledByAnotherServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.network.Add(address, http.NotFoundHandler())
		assert.Equal(t, client.Protocol, client.ReasonOf(f.Delete(t.Context(), "a:b")))
	})
}

func TestVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		version, err := newFixture(t).Version(t.Context())
		require.NoError(t, err)
		assert.Equal(t, double.Version, version)
	})
}

func TestIPv6(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.network.Add("[fd00::7]:11434", f.server)
		c := client.New("[fd00::7]:11434", &http.Client{Transport: &http.Transport{DialContext: f.network.DialContext, DisableKeepAlives: true}})
		_, err := c.Version(t.Context())
		require.NoError(t, err)
	})
}

// Requests open a connection each, which is closed after the answer.
func TestNoIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		for range 3 {
			_, err := f.List(t.Context())
			require.NoError(t, err)
		}
		assert.Equal(t, 3, f.network.Dials())
		synctest.Wait()
		f.network.Close() // the bubble reports goroutines of connections that are left
	})
}

// Requests go through the given proxy, and not through one of the environment.
func TestProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		if strings.HasSuffix(r.URL.Path, "tags") {
			http.Error(w, "no such pod", http.StatusBadGateway)
			return
		}
		_, err := w.Write([]byte(`{"version":"1"}`))
		assert.NoError(t, err)
	}))
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	c := client.New("10.128.0.7:11434", client.NewHTTPClient(address))
	version, err := c.Version(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "1", version)
	_, err = c.List(t.Context())
	assert.Equal(t, &client.Error{Reason: client.Unreachable, Message: "HTTP 502: no such pod"}, err)
	assert.Equal(t, []string{"http://10.128.0.7:11434/api/version", "http://10.128.0.7:11434/api/tags"}, asked)

	t.Setenv("HTTP_PROXY", proxy.URL)
	direct := client.NewHTTPClient(nil).Transport.(*http.Transport)
	assert.Nil(t, direct.Proxy)
}
