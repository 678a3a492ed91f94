// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A new pod is ready once each model is available or refused, and at least one is available.
func TestCheckModels(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		available, list []string
		// pulled is a text of the log at which the first pass is over.
		pulled string
		away   bool
		args   []string
		why    string
	}{
		"all are available before the first pass": {
			available: []string{"llama2:7b", "library/phi3:3b", "Mistral:7B"},
			list:      []string{"registry.ollama.ai/library/llama2:7b", "phi3:3b", "mistral:7b"},
		},
		"all are available, in a pod of an earlier version": {
			available: []string{"llama2:7b"},
			list:      []string{"llama2:7b"},
			args:      []string{"llama2:7b", "mistral:7b"},
		},
		"one is refused": {
			list:   []string{"missing:1b", "llama2:7b", "newer:1b"},
			pulled: "newer:1b: Error",
		},
		"all are refused": {
			list:   []string{"missing:1b", "newer:1b"},
			pulled: "newer:1b: Error",
			why:    "model missing:1b: " + errMissing + "\n",
		},
		"one is refused and one cannot be pulled": {
			available: []string{"llama2:7b"},
			list:      []string{"missing:1b", "llama2:7b", "limited:1b"},
			pulled:    "limited:1b: Error",
			why:       "model limited:1b: Error: pull model manifest: 429: Too Many Requests\n",
		},
		"the registry does not respond": {
			available: []string{"llama2:7b"},
			list:      []string{"llama2:7b", "phi3:3b"},
			away:      true,
			pulled:    "phi3:3b: Error",
			why:       "model phi3:3b: " + errAway + "\n",
		},
		"one is being pulled": {
			available: []string{"llama2:7b"},
			list:      []string{"llama2:7b", "stalled:1b"},
			pulled:    "pulling stalled:1b",
			why:       "model stalled:1b: not available yet\n",
		},
		"the list is empty": {why: "the list of models is empty\n"},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			f := newFakeServer(t, shell, tc.available, tc.list...)
			if tc.away {
				f.write(t, "away", "")
			}
			if tc.pulled != "" {
				hook := f.command(t.Context(), "pull-models.sh")
				hook.Env = append(hook.Env, "PULL_STALL=100000")
				require.NoError(t, hook.Run())
				f.eventually(t, "log", tc.pulled)
				require.Eventually(t, func() bool {
					out, err := f.command(t.Context(), "check-models.sh", tc.args...).CombinedOutput()
					return (err != nil) == (tc.why != "") && string(out) == tc.why
				}, 20*time.Second, 10*time.Millisecond, tc.why)
				return
			}
			out, err := f.command(t.Context(), "check-models.sh", tc.args...).CombinedOutput()
			assert.Equal(t, tc.why != "", err != nil, "%v", err)
			assert.Equal(t, tc.why, string(out))
		})
	}
}

// A pod that has been ready remains ready as long as its server responds, and costs one call to it.
func TestCheckModelsOnceReady(t *testing.T) {
	t.Parallel()
	eachShell(t, "until the server is silent", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, []string{"llama2:7b"}, "llama2:7b")
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run())
		f.eventually(t, "log", "llama2:7b is already available\n")
		f.write(t, "available", "")
		f.write(t, "calls", "")
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run())
		assert.Equal(t, []string{"call 1 127.0.0.1:11434", "argument list"}, lines(f.read(t, "calls")))

		f.write(t, "list", "llama2:7b\nstalled:1b\nphi3:3b\n")
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run(), "while models are added")
		f.eventually(t, "log", "phi3:3b is available\n")
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run())

		f.write(t, "looks", "0")
		f.write(t, "late", "1000")
		out, err := f.command(t.Context(), "check-models.sh").CombinedOutput()
		require.Error(t, err)
		assert.Equal(t, "the Ollama server does not respond\n", string(out))
	})
}

// A pod whose scripts are older than its list waits for the list.
func TestCheckModelsWithoutList(t *testing.T) {
	t.Parallel()
	eachShell(t, "of models", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, []string{"llama2:7b"})
		f.remove(t, "list")
		require.Error(t, f.command(t.Context(), "check-models.sh").Run())
		f.write(t, "list", "llama2:7b\n")
		require.NoError(t, f.command(t.Context(), "check-models.sh").Run())
	})
}
