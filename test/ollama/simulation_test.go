// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package ollama_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	internal "github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/internal/ollama/client"
	"github.com/geeper-io/llm-operator/test/ollama"
)

const podAddress = "10.128.0.7"

// plain returns the download of a model by its name.
func plain(name string) internal.Download {
	return internal.Registries{}.Download(internal.ModelName(name))
}

// A proxied is a simulation that serves, with a client through it.
type proxied struct {
	*ollama.Simulation
	ollama.Control
	http *http.Client
}

func simulate(t *testing.T) proxied {
	t.Helper()
	simulation := ollama.NewSimulation()
	server := httptest.NewServer(simulation)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	return proxied{simulation, ollama.Control{URL: server.URL}, client.NewHTTPClient(address)}
}

func (p proxied) pod(address string) *client.Client {
	return client.New(address+":"+ollama.Port, p.http)
}

func TestSimulation(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	c := p.pod(podAddress)
	unknown := &client.Error{Reason: client.Unreachable, Message: "HTTP 502: there is no pod with this address"}
	assert.Equal(t, unknown, c.Pull(t.Context(), plain("llama3.2:3b"), nil))

	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	start := time.Now()
	require.NoError(t, c.Pull(t.Context(), plain("llama3.2:3b"), nil))
	assert.Less(t, time.Since(start), time.Second)
	models, err := p.Models(podAddress)
	require.NoError(t, err)
	assert.Equal(t, []string{"llama3.2:3b"}, models)
	listed, err := c.List(t.Context())
	require.NoError(t, err)
	assert.InDelta(t, 2e9, listed[0].Size, 5e8)

	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	models, err = p.Models(podAddress)
	require.NoError(t, err)
	assert.NotEmpty(t, models, "the pod is the same")
	p.SetPod(ollama.Pod{UID: "2", Address: podAddress})
	models, err = p.Models(podAddress)
	require.NoError(t, err)
	assert.Empty(t, models, "the pod is another one with the same address")

	p.DeletePod("1")
	_, err = p.Models(podAddress)
	require.NoError(t, err)
	p.DeletePod("2")
	_, err = p.Models(podAddress)
	require.EqualError(t, err, `models: there is no pod with the address "10.128.0.7"`)
	_, err = c.List(t.Context())
	assert.Equal(t, unknown, err)
}

func TestSimulationCutsConnectionsOfPodsThatAreGone(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	err := p.pod(podAddress).Pull(t.Context(), plain("very-slow:7b"), func(progress client.Progress) {
		if progress.Completed > 0 {
			p.DeletePod("1")
		}
	})
	assert.Equal(t, &client.Error{Reason: client.Unreachable, Message: "the answer broke off: unexpected EOF"}, err)
}

// Requests that a fault has taken hold of end when they are cut off, long before the client gives up.
func TestHangUp(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	require.EqualError(t, p.Control.HangUp(podAddress), `hang up: there is no pod with the address "10.128.0.7"`)
	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	require.NoError(t, p.Inject(podAddress, ollama.KindPull, ollama.Repeat))
	start := time.Now()
	err := p.pod(podAddress).Pull(t.Context(), plain("llama3.2:3b"), func(client.Progress) {
		assert.NoError(t, p.Inject(podAddress, ollama.KindPull, ollama.NoFault))
		assert.NoError(t, p.Control.HangUp(podAddress))
	})
	assert.Equal(t, client.Unreachable, client.ReasonOf(err))
	assert.Less(t, time.Since(start), time.Minute)
	require.NoError(t, p.pod(podAddress).Pull(t.Context(), plain("llama3.2:3b"), nil), "the server has gone on")
}

// Models on a claim outlive the pod, others do not.
func TestSimulationOfVolumes(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	p.SetPod(ollama.Pod{UID: "1", Address: "10.128.0.1", Volume: "default/models"})
	require.NoError(t, p.pod("10.128.0.1").Pull(t.Context(), plain("llama3.2:3b"), nil))
	p.DeletePod("1")
	p.SetPod(ollama.Pod{UID: "2", Address: "10.128.0.2", Volume: "default/models"})
	models, err := p.Models("10.128.0.2")
	require.NoError(t, err)
	assert.Equal(t, []string{"llama3.2:3b"}, models)
	p.DeletePod("2")
	p.DeleteVolume("default/models")
	p.SetPod(ollama.Pod{UID: "3", Address: "10.128.0.3", Volume: "default/models"})
	models, err = p.Models("10.128.0.3")
	require.NoError(t, err)
	assert.Empty(t, models)
}

func TestSimulationIsNoOpenProxy(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	for _, target := range []string{"http://example.com/", "http://10.128.0.7:80/", p.URL + "/api/tags"} {
		response, err := p.http.Get(target)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, http.StatusBadGateway, response.StatusCode, target)
	}
	_, err := p.http.Get("https://example.com/") //nolint:bodyclose // there is none
	assert.ErrorContains(t, err, "Bad Gateway")
}

// The names of models make states of the operator visible without a setup.
func TestNameRules(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	for name, want := range map[string]client.Reason{
		"not-found:latest":        client.NotFound,
		"not-found/llama3.2:3b":   client.NotFound,
		"needs-newer:7b":          client.NeedsNewerVersion,
		"unauthorized/private:7b": client.Unauthorized,
		"broken:7b":               client.Registry,
		"registry-away/a:b":       client.Registry,
		"no-space:70b":            client.NoSpace,
		"found/not:found":         "",
		"llama3.2:not-found":      "", // the tag
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, want, client.ReasonOf(p.pod(podAddress).Pull(t.Context(), plain(name), nil)))
		})
	}
	for name, want := range map[string]float64{"a:7b": 4.9e9, "a:70b": 47e9, "a:latest": 2e9, "a:7b-cloud": 2001} {
		assert.InEpsilon(t, want, sizeOfModel(name), 0.1, name)
	}
	assert.InEpsilon(t, 4.9e9/20, ollama.NameRules("slow/a:7b").Rate, 0.1)
	assert.InEpsilon(t, 4.9e9/600, ollama.NameRules("very-slow:7b").Rate, 0.1)
}

func sizeOfModel(name string) (size int64) {
	for _, layer := range ollama.NameRules(name).Layers {
		size += layer.Size
	}
	return size
}

func TestControl(t *testing.T) {
	t.Parallel()
	p := simulate(t)
	c := p.pod(podAddress)
	p.SetPod(ollama.Pod{UID: "1", Address: podAddress})
	require.NoError(t, p.AddModel("a:b", 5000))
	require.NoError(t, c.Pull(t.Context(), plain("a:b"), nil))
	listed, err := c.List(t.Context())
	require.NoError(t, err)
	require.Len(t, listed, 1)
	assert.Equal(t, int64(5000), listed[0].Size)
	models, err := p.Models(podAddress)
	require.NoError(t, err)
	assert.Equal(t, []string{"a:b"}, models)

	require.NoError(t, p.DeleteModel(podAddress, "a:b"))
	require.EqualError(t, p.DeleteModel(podAddress, "a:b"), "delete: the model is not there")
	models, err = p.Models(podAddress)
	require.NoError(t, err)
	assert.Empty(t, models)

	counts, err := p.Counts()
	require.NoError(t, err)
	assert.Equal(t, map[ollama.Kind]int{ollama.KindPull: 1, ollama.KindList: 1}, counts)
}
