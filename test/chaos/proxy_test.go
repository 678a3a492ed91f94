// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// A proxied is a proxy in front of a server that counts requests.
type proxied struct {
	*proxy
	asked atomic.Int64
}

func newProxied(t *testing.T, seed int64) *proxied {
	t.Helper()
	p := &proxied{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		_, _ = fmt.Fprintln(w, r.Header.Get("Authorization"), r.URL.Path) //nolint:gosec // no browser reads it
		if isWatch(r) {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	var err error
	p.proxy, err = startProxy(t.TempDir(), seed, &tally{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.stop()) })
	config := clientcmdapi.NewConfig()
	config.Clusters["c"] = &clientcmdapi.Cluster{Server: server.URL, InsecureSkipTLSVerify: true}
	config.AuthInfos["u"] = &clientcmdapi.AuthInfo{Token: "token"}
	config.Contexts["x"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "u"}
	config.CurrentContext = "x"
	require.NoError(t, clientcmd.WriteToFile(*config, p.credentials))
	return p
}

func (p *proxied) always(what mishap, when time.Duration) {
	p.decide = func(*http.Request) (mishap, time.Duration) { return what, when }
}

func (p *proxied) send(t *testing.T, method, path string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, p.url+path, nil)
	require.NoError(t, err)
	request.Close = true
	return http.DefaultClient.Do(request)
}

// Each mishap looks to the client as it does in a cluster, and reaches the API server or not.
func TestMishaps(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		what  mishap
		code  int // 0 means no answer
		asked int64
	}{
		"nothing happens":                         {none, http.StatusOK, 1},
		"a conflict is answered":                  {conflict, http.StatusConflict, 0},
		"too many requests are answered":          {tooMany, http.StatusTooManyRequests, 0},
		"an internal error is answered":           {internal, http.StatusInternalServerError, 0},
		"the server is unavailable":               {unavailable, http.StatusServiceUnavailable, 0},
		"a request hangs":                         {hang, 0, 0},
		"an answer is lost after what it answers": {lose, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProxied(t, 1)
			p.always(tc.what, time.Millisecond)
			response, err := p.send(t, http.MethodPatch, "/api")
			if tc.code == 0 {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				defer response.Body.Close()
				body, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				assert.Equal(t, tc.code, response.StatusCode)
				if tc.what == none {
					assert.Equal(t, "Bearer token /api\n", string(body))
				} else {
					assert.Contains(t, string(body), `"kind":"Status"`)
				}
				assert.Equal(t, tc.what == tooMany, response.Header.Get("Retry-After") != "")
			}
			assert.Equal(t, tc.asked, p.asked.Load())
		})
	}
}

// A watch is cut on demand. What it has sent by then arrives.
func TestCutWatches(t *testing.T) {
	t.Parallel()
	p := newProxied(t, 1)
	p.always(none, 0)
	response, err := p.send(t, http.MethodGet, "/pods?watch=1")
	require.NoError(t, err)
	defer response.Body.Close()
	reader := bufio.NewReader(response.Body)
	line, err := reader.ReadString('\n')
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(line, "/pods\n"))
	assert.Equal(t, 1, p.cutWatches())
	_, err = reader.ReadString('\n')
	require.Error(t, err)
}

// A watch is cut by chance, before or after it has sent something.
func TestCutWatch(t *testing.T) {
	t.Parallel()
	p := newProxied(t, 1)
	p.always(cut, 10*time.Millisecond)
	response, err := p.send(t, http.MethodGet, "/pods?watch=true")
	if err == nil {
		_, err = io.ReadAll(response.Body)
		require.NoError(t, response.Body.Close())
	}
	require.Error(t, err)
}

// Decisions follow from the seed. Leader election is left alone unless the storm includes it.
func TestDraw(t *testing.T) {
	t.Parallel()
	draws := func(seed int64, chance float64, leases bool, path string) (out []mishap) {
		p := newProxied(t, seed)
		p.storm(chance, leases)
		for range 100 {
			what, _ := p.draw(httptest.NewRequestWithContext(t.Context(), http.MethodPatch, path, nil))
			out = append(out, what)
		}
		return out
	}
	first := draws(1, 0.5, false, "/a")
	assert.Equal(t, first, draws(1, 0.5, false, "/a"))
	assert.NotEqual(t, first, draws(2, 0.5, false, "/a"))
	assert.Subset(t, draws(1, 1, false, "/a"), []mishap{conflict, tooMany, internal, unavailable, hang, lose})
	nothing := make([]mishap, 100)
	assert.Equal(t, nothing, draws(1, 0, true, "/a"))
	assert.Equal(t, nothing, draws(1, 1, false, "/leases/x"))
	assert.NotEqual(t, nothing, draws(1, 1, true, "/leases/x"))
}
