// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/ollama"
)

const address = "ollama:11434"

// A fixture is a server on a network, in a bubble of synctest.
type fixture struct {
	*ollama.Server
	network *ollama.Network
	http    *http.Client
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	network := ollama.NewNetwork()
	t.Cleanup(network.Close)
	server := ollama.NewServer(ollama.NewRegistry(nil))
	network.Add(address, server)
	transport := &http.Transport{DialContext: network.DialContext, DisableKeepAlives: true}
	return fixture{server, network, &http.Client{Transport: transport}}
}

// call returns the status and the body of an answer.
func (f fixture) call(ctx context.Context, t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, "http://"+address+path, strings.NewReader(body))
	require.NoError(t, err)
	response, err := f.http.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return response.StatusCode, err.Error()
	}
	return response.StatusCode, strings.TrimSpace(string(text))
}

func (f fixture) pull(ctx context.Context, t *testing.T, model string) []string {
	t.Helper()
	status, body := f.call(ctx, t, http.MethodPost, "/api/pull", `{"model":"`+model+`"}`)
	assert.Equal(t, http.StatusOK, status)
	return strings.Split(body, "\n")
}

func TestRoutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Registry.Add("a:b", 5000)
		require.True(t, f.Put("a:b"))
		for _, step := range []struct {
			method, path, body string
			status             int
			want               string
		}{
			{http.MethodGet, "/", "", 200, "Ollama is running"},
			{http.MethodHead, "/", "", 200, ""},
			{http.MethodGet, "/other", "", 404, "404 page not found"},
			{http.MethodGet, "/api/version", "", 200, `{"version":"0.32.15"}`},
			{http.MethodGet, "/api/tags", "", 200, `{"models":[{"name":"a:b","model":"a:b","modified_at":"` + time.Now().Format(time.RFC3339Nano) +
				`","size":5000,"digest":"` + f.Registry.Digest("a:b") + `","details":{}}]}`},
			{http.MethodPost, "/api/show", `{"model":"A:B"}`, 200, `{"details":{},"model_info":{}}`},
			{http.MethodPost, "/api/show", `{"model":"a"}`, 404, `{"error":"model 'a' not found"}`},
			{http.MethodPost, "/api/pull", "", 400, `{"error":"missing request body"}`},
			{http.MethodPost, "/api/pull", "{", 400, `{"error":"unexpected EOF"}`},
			{http.MethodPost, "/api/pull", `{"model":"../a"}`, 400, `{"error":"invalid model name"}`},
			{http.MethodDelete, "/api/delete", `{"name":"library/a:b"}`, 200, ""},
			{http.MethodDelete, "/api/delete", `{"model":"a:b"}`, 404, `{"error":"model 'a:b' not found"}`},
			{http.MethodGet, "/api/tags", "", 200, `{"models":[]}`},
		} {
			status, body := f.call(t.Context(), t, step.method, step.path, step.body)
			assert.Equal(t, step.status, status, step)
			assert.Equal(t, step.want, body, step)
		}
		assert.Equal(t, map[ollama.Kind]int{"other": 3, "version": 1, "list": 2, "show": 2, "pull": 3, "delete": 2}, f.Log.Counts())
		assert.Contains(t, f.Log.Requests(), ollama.Request{Kind: ollama.KindDelete, Model: "library/a:b"})
	})
}

func TestPullSendsWhatOllamaSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Registry.AddEntry("a", ollama.Entry{Rate: 1000, Layers: []ollama.Layer{{Digest: "sha256:0123456789abcdef", Size: 100}}})
		want := []string{
			`{"status":"pulling manifest"}`,
			`{"status":"pulling 0123456789ab","digest":"sha256:0123456789abcdef","total":100,"completed":60}`,
			`{"status":"pulling 0123456789ab","digest":"sha256:0123456789abcdef","total":100,"completed":100}`,
			`{"status":"verifying sha256 digest"}`, `{"status":"writing manifest"}`, `{"status":"success"}`,
		}
		assert.Equal(t, want, f.pull(t.Context(), t, "a"))
		assert.Equal(t, append(want[:1:1], want[2:]...), f.pull(t.Context(), t, "a:latest"), "the layer is there")
		assert.Equal(t, []string{"a:latest"}, f.Volume.Models())

		f.Registry.SetAway(true)
		lines := f.pull(t.Context(), t, "a")
		assert.Contains(t, lines[len(lines)-1], "no such host", "Ollama asks the registry even if it has the model")
	})
}

// Pulls of a layer share a download, which stops when the last of them leaves and goes on with the
// next.
func TestPullsShareDownloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		layers := []ollama.Layer{{Digest: "sha256:0123456789abcdef", Size: 1000}}
		f.Registry.AddEntry("a", ollama.Entry{Rate: 100, Layers: layers})
		f.Registry.AddEntry("b", ollama.Entry{Rate: 100, Layers: layers})
		short, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		long, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var pulls sync.WaitGroup
		pulls.Go(func() { f.pull(short, t, "a") })
		pulls.Go(func() { f.pull(long, t, "b") })
		<-short.Done()
		synctest.Wait()
		assert.Equal(t, 1, f.Running(), "one still waits")
		pulls.Wait()
		synctest.Wait()
		assert.Zero(t, f.Running())
		assert.Equal(t, 1, f.Started())
		assert.InDelta(t, 500, f.Volume.Partial(), 6)

		start := time.Now()
		f.pull(t.Context(), t, "a")
		assert.InDelta(t, 5, time.Since(start).Seconds(), 0.2)
		assert.Equal(t, 2, f.Started())
		assert.Zero(t, f.Volume.Partial())
	})
}

func TestRateChangesWhilePulling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Registry.Add("a", 1e9)
		f.Registry.SetRate(1e6)
		time.AfterFunc(10*time.Second, func() { f.Registry.SetModelRate("a:latest", 99e7) })
		start := time.Now()
		f.pull(t.Context(), t, "a")
		assert.InDelta(t, 11.1, time.Since(start).Seconds(), 0.2)
	})
}

func TestRegistryGoesAwayWhilePulling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Registry.Add("a", 1e9)
		f.Registry.SetRate(1e6)
		time.AfterFunc(10*time.Second, func() { f.Registry.SetAway(true) })
		lines := f.pull(t.Context(), t, "a")
		assert.Contains(t, lines[len(lines)-1], "max retries exceeded")
		assert.Positive(t, f.Volume.Partial())
	})
}

// Layers that another model has are kept.
func TestDeleteKeepsSharedLayers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		weights := ollama.Layers("a", 1e9)[:1]
		f.Registry.AddEntry("a", ollama.Entry{Layers: weights})
		f.Registry.AddEntry("b", ollama.Entry{Layers: append(weights, ollama.Layers("b", 1e9)...)})
		f.pull(t.Context(), t, "a")
		f.pull(t.Context(), t, "b")
		started := f.Started()
		assert.True(t, f.Volume.Delete("b"))
		f.pull(t.Context(), t, "b")
		assert.Equal(t, started+3, f.Started())
		assert.True(t, f.Volume.Delete("a"))
		assert.True(t, f.Volume.Delete("b"))
		f.pull(t.Context(), t, "a")
		assert.Equal(t, started+4, f.Started())
	})
}

// Servers on the same volume list each other's models, and a tag that moves has another digest.
func TestSharedVolume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		other := ollama.NewServer(f.Registry)
		other.Volume = f.Volume
		f.Registry.Add("a", 1000)
		before := f.Registry.Digest("a")
		require.True(t, other.Put("a"))
		_, list := f.call(t.Context(), t, http.MethodGet, "/api/tags", "")
		assert.Contains(t, list, before)

		f.Registry.Add("a", 2000)
		f.pull(t.Context(), t, "a")
		_, list = f.call(t.Context(), t, http.MethodGet, "/api/tags", "")
		assert.NotContains(t, list, before)
		assert.Contains(t, list, f.Registry.Digest("a"))
	})
}

func TestNetworkRefusesUnknownAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Registry.Add("a", 1e9)
		f.Registry.SetRate(1)
		time.AfterFunc(time.Minute, func() { f.network.Remove(address) })
		lines := f.pull(t.Context(), t, "a")
		assert.Equal(t, []string{"unexpected EOF"}, lines, "the connection is cut")
		_, text := f.call(t.Context(), t, http.MethodGet, "/", "")
		assert.Contains(t, text, "connection refused")
	})
}

func TestLogIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		for range 10_001 {
			f.call(t.Context(), t, http.MethodGet, "/", "")
		}
		assert.Len(t, f.Log.Requests(), 5_001)
		assert.Equal(t, 10_001, f.Log.Counts()[ollama.KindOther])
	})
}
