// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The texts are those of Ollama v0.32.15 and of registry.ollama.ai and hf.co.
func TestReasonOfText(t *testing.T) {
	for text, want := range map[string]Reason{
		"pull model manifest: file does not exist":                         NotFound,
		"pull model manifest: 400: {\"error\":\"Repository is not GGUF\"}": Invalid,
		"invalid model name": Invalid,
		"pull model manifest: 412: \n\nThe model you are attempting to pull requires a newer version of Ollama.\n": NeedsNewerVersion,
		"pull model manifest: 412: update":                                                                               NeedsNewerVersion,
		"pull model manifest: unauthorized: access denied":                                                               Unauthorized,
		"pull model manifest: 401: {\"error\":\"Invalid username or password.\"}":                                        Unauthorized,
		"pull model manifest: 403: ":                                                                                     Unauthorized,
		"pull model manifest: realm host \"huggingface.co\" does not match original host \"hf.co\"":                      Unauthorized,
		"write /models/blobs/sha256-1-partial: no space left on device":                                                  NoSpace,
		"write /models/blobs/sha256-1-partial: disk quota exceeded":                                                      NoSpace,
		"pull model manifest: 500: oops":                                                                                 Registry,
		"pull model manifest: 429: slow down":                                                                            Registry,
		"pull model manifest: Get \"https://registry.ollama.ai/v2/\": dial tcp: lookup registry.ollama.ai: no such host": Registry,
		"max retries exceeded: unexpected EOF":                                                                           Registry,
		"file does not exist":                                                                                            Registry, // a layer
		"digest mismatch, file must be downloaded again: want sha256:1, got sha256:2":                                    Registry,
		"": Registry,
	} {
		t.Run(text, func(t *testing.T) {
			assert.Equal(t, want, reasonOfText(text))
		})
	}
}

func TestStatusError(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   Error
	}{
		"invalid name":                {http.StatusBadRequest, `{"error":"invalid model name"}`, Error{Invalid, "invalid model name"}},
		"two places":                  {http.StatusBadRequest, `{"error":"use either :local or :cloud, not both: \"a:local:cloud\""}`, Error{Invalid, `use either :local or :cloud, not both: "a:local:cloud"`}},
		"volume not writable":         {http.StatusBadRequest, `{"error":"mkdir /models/manifests: permission denied"}`, Error{Server, "mkdir /models/manifests: permission denied"}},
		"volume full":                 {http.StatusBadRequest, `{"error":"mkdir /models/manifests: no space left on device"}`, Error{NoSpace, "mkdir /models/manifests: no space left on device"}},
		"model not found":             {http.StatusNotFound, `{"error":"model 'a:b' not found"}`, Error{NotFound, "model 'a:b' not found"}},
		"newer version":               {http.StatusPreconditionFailed, `{"error":"update"}`, Error{NeedsNewerVersion, "update"}},
		"internal error":              {http.StatusInternalServerError, `{"error":"model list cache unavailable"}`, Error{Server, "model list cache unavailable"}},
		"no message":                  {http.StatusInternalServerError, `{"error":""}`, Error{Server, "no message"}},
		"another server":              {http.StatusNotFound, "404 page not found", Error{Protocol, "HTTP 404: 404 page not found"}},
		"redirect":                    {http.StatusTemporaryRedirect, "", Error{Protocol, "HTTP 307"}},
		"denied by a service mesh":    {http.StatusForbidden, "RBAC: access denied", Error{Unreachable, "HTTP 403: RBAC: access denied"}},
		"unknown to a proxy":          {http.StatusBadGateway, "", Error{Unreachable, "HTTP 502"}},
		"no upstream in service mesh": {http.StatusServiceUnavailable, "no healthy upstream", Error{Unreachable, "HTTP 503: no healthy upstream"}},
		"JSON without error":          {http.StatusInternalServerError, `{"message":"x"}`, Error{Protocol, `HTTP 500: {"message":"x"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, &test.want, statusError(test.status, []byte(test.body)))
		})
	}
}

func TestReasonOf(t *testing.T) {
	assert.Equal(t, NoSpace, ReasonOf(fmt.Errorf("pulling: %w", &Error{NoSpace, "full"})))
	assert.Empty(t, ReasonOf(nil))
	assert.Empty(t, ReasonOf(errors.New("other")))
	assert.EqualError(t, &Error{NoSpace, "full"}, "NoSpace: full")
}

func TestIsFinal(t *testing.T) {
	for reason, want := range map[Reason]bool{
		NotFound: true, Invalid: true, NeedsNewerVersion: true, Unauthorized: false, NoSpace: false, Stalled: false,
		Unreachable: false, Registry: false, Server: false, Protocol: false, "": false,
	} {
		assert.Equal(t, want, reason.IsFinal(), reason)
	}
}
