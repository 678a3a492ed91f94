// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node/models"
)

// A private model is served to whoever has the token of its reader, which only a signature gets.
func TestPrivate(t *testing.T) {
	registry := models.NewRegistry()
	require.NoError(t, registry.Add("llama2:7b", 10_000))
	registry.SetReader("llama2:7b", "ssh-ed25519 AAAA a comment")
	response := ask(registry, http.MethodGet, manifestPath)
	assert.Equal(t, http.StatusUnauthorized, response.Code)
	assert.Equal(t, `Bearer realm="https://registry.ollama.ai/token",service="registry.ollama.ai",scope="repository:private:pull"`, response.Header().Get("WWW-Authenticate"))
	assert.Equal(t, http.StatusUnauthorized, ask(registry, http.MethodGet, "/token").Code)

	status := func(token string) int {
		request, recorder := httptest.NewRequest(http.MethodGet, manifestPath, nil), httptest.NewRecorder()
		request.Header.Set("Authorization", "Bearer "+token)
		registry.ServeHTTP(recorder, request)
		return recorder.Code
	}
	assert.Equal(t, http.StatusOK, status("AAAA"))
	assert.Equal(t, http.StatusUnauthorized, status("BBBB"))
	registry.SetReader("llama2:7b", "")
	assert.Equal(t, http.StatusUnauthorized, status(""))
}
