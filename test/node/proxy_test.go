// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	registry "github.com/geeper-io/llm-operator/test/node/models"
	"github.com/geeper-io/llm-operator/test/node/sandbox"
	"github.com/geeper-io/llm-operator/test/tunnel"
)

// A forwardProxy is an HTTP proxy in the network of the node. It tunnels what clients ask for with CONNECT,
// and forwards requests for absolute URIs.
type forwardProxy struct {
	url    string
	dialer net.Dialer

	mu       sync.Mutex
	closed   bool
	refused  int
	tunneled []string // host:port
	fetched  []string // method and URL
}

// newForwardProxy starts a proxy that refuses all tunnels until it is opened. It stops when the test ends.
func newForwardProxy(t *testing.T) *forwardProxy {
	t.Helper()
	names := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, sandbox.NodeAddress+":53")
	}}
	listener, err := net.Listen("tcp", sandbox.NodeAddress+":0")
	require.NoError(t, err)
	p := &forwardProxy{url: "http://" + listener.Addr().String(), dialer: net.Dialer{Resolver: names, Timeout: 5 * time.Second}, closed: true}
	server := &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until it is closed
	t.Cleanup(func() { _ = server.Close() })
	return p
}

func (p *forwardProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	refuse := r.Method == http.MethodConnect && p.closed
	switch {
	case refuse:
		p.refused++
	case r.Method == http.MethodConnect:
		p.tunneled = append(p.tunneled, r.Host)
	default:
		p.fetched = append(p.fetched, r.Method+" "+r.URL.String())
	}
	p.mu.Unlock()
	switch {
	case refuse:
		http.Error(w, "closed", http.StatusForbidden)
	case r.Method == http.MethodConnect:
		tunnel.Serve(w, func() (net.Conn, error) { return p.dialer.DialContext(r.Context(), "tcp", r.Host) })
	default:
		forward := httputil.ReverseProxy{
			Rewrite:   func(*httputil.ProxyRequest) {},
			Transport: &http.Transport{DialContext: p.dialer.DialContext},
			ErrorLog:  log.New(io.Discard, "", 0), // a client that should not ask here asks again and again
		}
		forward.ServeHTTP(w, r)
	}
}

func (p *forwardProxy) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = false
}

// seen returns how many tunnels were refused, where the others led, and what was fetched, each once.
func (p *forwardProxy) seen() (refused int, tunneled, fetched []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	unique := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	return p.refused, unique(p.tunneled), unique(p.fetched)
}

// Ollama pulls through the proxy that its environment names. What the hooks and probes ask Ollama in the
// pod does not go there.
func TestProxyOfEnvironment(t *testing.T) {
	t.Parallel()
	s := newSpace(t)
	proxy := newForwardProxy(t)
	require.NoError(t, shared.Models.Add("proxied:1b", 1_000_000))
	s.apply(t, object("proxied", "proxied:1b", `
    envVars:
      - {name: HTTP_PROXY, value: "`+proxy.url+`"}
      - {name: HTTPS_PROXY, value: "`+proxy.url+`"}
      - {name: NO_PROXY, value: ".svc.cluster.local"}
`))
	require.Eventually(t, func() bool {
		refused, _, _ := proxy.seen()
		return refused > 1
	}, patience, tick)
	pod := s.pod(t, "ollama")
	assert.False(t, podReady(&pod))
	assert.Zero(t, shared.Models.Requests("proxied:1b"), "requests to the registry that pass the proxy by")

	proxy.open()
	s.ready(t, "proxied")
	assert.Equal(t, pod.UID, s.pod(t, "ollama").UID)
	assert.Positive(t, shared.Models.Requests("proxied:1b"))
	// Several probes, which would go to the proxy unless they ask at a loopback address.
	<-time.After(15 * time.Second)
	_, tunneled, fetched := proxy.seen()
	assert.Equal(t, []string{registry.BlobHost + ":443", registry.Host + ":443"}, tunneled)
	assert.Empty(t, fetched)

	// Ollama's client uses the same variables.
	service := "http://proxied-ollama." + s.namespace + ".svc.cluster.local:11434"
	assert.Contains(t, s.inPod(t, "ollama", "env", "OLLAMA_HOST="+service, "ollama", "list"), "proxied:1b")
	_, _, fetched = proxy.seen()
	assert.Empty(t, fetched, "what NO_PROXY excludes")
	direct := "http://" + s.pod(t, "ollama").Status.PodIP + ":11434"
	assert.Contains(t, s.inPod(t, "ollama", "env", "OLLAMA_HOST="+direct, "ollama", "list"), "proxied:1b")
	_, _, fetched = proxy.seen()
	assert.Contains(t, fetched, "GET "+direct+"/api/tags")
}
