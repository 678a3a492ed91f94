// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama"
)

// An answer is a transport with one answer.
type answer struct {
	status int
	body   string
	err    error
	asked  *http.Request
}

func (a *answer) RoundTrip(request *http.Request) (*http.Response, error) {
	a.asked = request
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Body: io.NopCloser(strings.NewReader(a.body)), Request: request}, nil
}

func TestDigest(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("{}\n"))
	for name, tc := range map[string]struct {
		model  ollama.ModelName
		answer answer
		url    string
		want   string
		err    string
	}{
		"Ollama's registry": {"llama3.2:3b", answer{status: 200, body: "{}\n"}, "https://registry.ollama.ai/v2/library/llama3.2/manifests/3b", hex.EncodeToString(sum[:]), ""},
		"namespace":         {"user/model:tag", answer{status: 200, body: "{}\n"}, "https://registry.ollama.ai/v2/user/model/manifests/tag", hex.EncodeToString(sum[:]), ""},
		"other registry":    {"example.com:5000/user/model:tag", answer{status: 200, body: "{}\n"}, "https://example.com:5000/v2/user/model/manifests/tag", hex.EncodeToString(sum[:]), ""},
		"not there":         {"a:b", answer{status: 404}, "https://registry.ollama.ai/v2/library/a/manifests/b", "", "asking the registry: 404 Not Found"},
		"away":              {"a:b", answer{err: context.DeadlineExceeded}, "https://registry.ollama.ai/v2/library/a/manifests/b", "", "deadline exceeded"},
		"too large":         {"a:b", answer{status: 200, body: strings.Repeat("x", maxManifest+1)}, "https://registry.ollama.ai/v2/library/a/manifests/b", "", "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Digest(t.Context(), &http.Client{Transport: &tc.answer}, tc.model)
			assert.Equal(t, tc.url, tc.answer.asked.URL.String())
			assert.Equal(t, manifestType, tc.answer.asked.Header.Get("Accept"))
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestIsPublic(t *testing.T) {
	t.Parallel()
	assert.True(t, IsPublic("llama3.2:3b"))
	assert.True(t, IsPublic("hf.co/user/model:Q4"))
	assert.False(t, IsPublic("example.com:5000/user/model:tag"))
	assert.False(t, IsPublic("hf.co:443/user/model:tag"))
}
