// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package client_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/internal/ollama/client"
	double "github.com/geeper-io/llm-operator/test/ollama"
)

func TestPull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.registry.Add("llama3.2:3b", 2e9)
		f.registry.SetRate(1e9)
		var reports []client.Progress
		var times []time.Duration
		start := time.Now()
		require.NoError(t, f.Pull(t.Context(), plain("llama3.2:3b"), func(p client.Progress) {
			reports = append(reports, p)
			times = append(times, time.Since(start).Round(10*time.Millisecond))
		}))
		assert.Equal(t, []string{"llama3.2:3b"}, f.server.Volume.Models())
		assert.Equal(t, []time.Duration{
			0, 540 * time.Millisecond, 1080 * time.Millisecond, 1620 * time.Millisecond, // each 500 ms
			2040 * time.Millisecond, 2100 * time.Millisecond, 2160 * time.Millisecond, // the ends of layers
			2160 * time.Millisecond, // success
		}, times)
		weights := double.Layers("llama3.2:3b", 2e9)[0]
		pulling := "pulling " + weights.Digest[7:19]
		assert.Equal(t, []client.Progress{
			{Status: "pulling manifest"},
			{Status: pulling, Completed: 540e6, Total: weights.Size},
			{Status: pulling, Completed: 1080e6, Total: weights.Size},
			{Status: pulling, Completed: 1620e6, Total: weights.Size},
			{Status: pulling, Completed: weights.Size, Total: weights.Size},
		}, reports[:5])
		assert.Equal(t, client.Progress{Status: "success", Completed: 2e9, Total: 2e9}, reports[7])
	})
}

// Refusals of Ollama and of the registry have reasons, and final ones say so.
func TestPullRefused(t *testing.T) {
	const name = "a:b"
	for reason, test := range map[client.Reason]struct {
		prepare func(f fixture)
		model   string
		text    string
	}{
		client.NotFound: {func(fixture) {}, name, "pull model manifest: file does not exist"},
		client.Invalid:  {func(fixture) {}, "a/b/c/d", "invalid model name"},
		client.NeedsNewerVersion: {
			func(f fixture) { f.registry.Refuse(name, http.StatusPreconditionFailed) }, name,
			"pull model manifest: 412: The model you are attempting to pull requires a newer version of Ollama. Please download the latest version at: https://ollama.com/download",
		},
		client.Unauthorized: {
			func(f fixture) { f.registry.Refuse(name, http.StatusUnauthorized) }, name,
			"pull model manifest: unauthorized: access denied",
		},
		client.Registry: {
			func(f fixture) { f.registry.SetAway(true) }, name,
			`pull model manifest: Get "https://registry.ollama.ai/v2/library/a/manifests/b": dial tcp: lookup registry.ollama.ai: no such host`,
		},
		client.NoSpace: {
			func(f fixture) {
				f.registry.Add(name, 2e9)
				f.server.Volume.SetCapacity(1e9)
			}, name,
			"write /root/.ollama/models/blobs/sha256-partial: no space left on device",
		},
	} {
		t.Run(string(reason), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				test.prepare(f)
				assert.Equal(t, &client.Error{Reason: reason, Message: test.text}, f.Pull(t.Context(), plain(test.model), nil))
				assert.Empty(t, f.server.Volume.Models())
			})
		})
	}
}

// A pull of days ends well if there is progress, however little.
func TestPullTakesAsLongAsThereIsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.server.Tick = time.Minute
		f.registry.Add("a:b", 100_000)
		f.registry.SetRate(1) // 27 hours
		require.NoError(t, f.Pull(t.Context(), plain("a:b"), func(client.Progress) {}))
	})
}

// Ollama is silent while it verifies.
func TestPullVerifies(t *testing.T) {
	for name, test := range map[string]struct {
		silence time.Duration
		err     error
	}{
		"within an hour":    {59 * time.Minute, nil},
		"more than an hour": {61 * time.Minute, &client.Error{Reason: client.Stalled, Message: "the pull makes no progress"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.network.Add(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, err := io.ReadAll(r.Body) // else the end of the connection is not noticed
					assert.NoError(t, err)
					for _, line := range []string{"verifying sha256 digest", "writing manifest", "success"} {
						_, _ = w.Write([]byte(`{"status":"` + line + "\"}\n"))
						assert.NoError(t, http.NewResponseController(w).Flush())
						if strings.HasPrefix(line, "verifying") {
							select {
							case <-time.After(test.silence):
							case <-r.Context().Done():
								return
							}
						}
					}
				}))
				err := f.Pull(t.Context(), plain("a:b"), nil)
				if test.err == nil {
					require.NoError(t, err)
				} else {
					assert.Equal(t, test.err, err)
				}
			})
		})
	}
}

// The last line may lack its end.
func TestPullLastLine(t *testing.T) {
	for line, want := range map[string]error{
		`{"status":"success"}`:          nil,
		`{"error":"a"}`:                 &client.Error{Reason: client.Registry, Message: "a"},
		`{"status":"writing manifest"}`: &client.Error{Reason: client.Protocol, Message: "the answer ended before the model was pulled"},
	} {
		t.Run(line, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.network.Add(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					_, err := io.WriteString(w, line)
					assert.NoError(t, err)
				}))
				if err := f.Pull(t.Context(), plain("a:b"), nil); want == nil {
					require.NoError(t, err)
				} else {
					assert.Equal(t, want, err)
				}
			})
		})
	}
}

// A pull that is canceled stops the download, and the next one goes on with it.
func TestPullResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.registry.Add("a:b", 1e9)
		f.registry.SetRate(1e8)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		require.ErrorIs(t, f.Pull(ctx, plain("a:b"), nil), context.DeadlineExceeded)
		synctest.Wait()
		assert.Zero(t, f.server.Running())
		start := time.Now()
		require.NoError(t, f.Pull(t.Context(), plain("a:b"), nil))
		assert.Equal(t, 5*time.Second, time.Since(start).Truncate(time.Second))
	})
}
