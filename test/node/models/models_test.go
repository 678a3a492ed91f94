// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node/models"
)

const manifestPath = "/v2/library/llama2/manifests/7b"

func ask(registry http.Handler, method, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	registry.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
	return recorder
}

// A client finds the weights as Ollama does: the manifest names the blob, whose host redirects.
func TestPull(t *testing.T) {
	registry := models.NewRegistry()
	require.NoError(t, registry.Add("llama2:7b", 10_000))
	require.NoError(t, registry.Add("team/llama2:7b", 10_000))
	var manifest struct {
		Layers []struct {
			Digest string
			Size   int
		}
	}
	response := ask(registry, http.MethodGet, manifestPath)
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &manifest))
	require.Len(t, manifest.Layers, 1)
	layer := manifest.Layers[0]
	assert.Equal(t, 10_000, layer.Size)

	blob := "/v2/library/llama2/blobs/" + layer.Digest
	assert.Equal(t, strconv.Itoa(layer.Size), ask(registry, http.MethodHead, blob).Header().Get("Content-Length"))
	response = ask(registry, http.MethodGet, blob)
	assert.Equal(t, http.StatusTemporaryRedirect, response.Code)
	assert.Equal(t, "https://"+models.BlobHost+"/data/"+layer.Digest, response.Header().Get("Location"))
	data := ask(registry, http.MethodGet, "/data/"+layer.Digest).Body.Bytes()
	assert.Len(t, data, layer.Size)
	assert.Equal(t, "GGUF", string(data[:4]))

	assert.Equal(t, 1, registry.Requests("llama2:7b"))
	assert.Equal(t, 1, registry.Downloads("llama2:7b"))
	assert.Equal(t, 0, registry.Requests("team/llama2:7b"))
	assert.Equal(t, http.StatusNotFound, ask(registry, http.MethodGet, "/v2/library/llama2/manifests/7bb").Code)
}

func TestModes(t *testing.T) {
	registry := models.NewRegistry()
	require.NoError(t, registry.Add("llama2:7b", 10_000))
	require.NoError(t, registry.Add("other:7b", 10_000))

	registry.SetMode("llama2:7b", models.Broken)
	assert.Equal(t, http.StatusInternalServerError, ask(registry, http.MethodGet, manifestPath).Code)
	assert.Equal(t, http.StatusOK, ask(registry, http.MethodGet, "/v2/library/other/manifests/7b").Code)

	registry.SetMode("llama2:7b", models.Away)
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { ask(registry, http.MethodGet, manifestPath) })

	registry.SetMode("llama2:7b", models.Up)
	assert.Equal(t, http.StatusOK, ask(registry, http.MethodGet, manifestPath).Code)
}

func TestRate(t *testing.T) {
	registry := models.NewRegistry()
	require.NoError(t, registry.Add("llama2:7b", 10_000))
	registry.SetRate("llama2:7b", 40_000)
	var manifest struct{ Layers []struct{ Digest string } }
	require.NoError(t, json.Unmarshal(ask(registry, http.MethodGet, manifestPath).Body.Bytes(), &manifest))

	start := time.Now()
	response := ask(registry, http.MethodGet, "/data/"+manifest.Layers[0].Digest)
	assert.Len(t, response.Body.Bytes(), 10_000)
	assert.InDelta(t, 0.25, time.Since(start).Seconds(), 0.15)
}
