// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// parseModels returns an object with the models and status, in YAML.
func parseModels(t *testing.T, list, status string) *v1alpha1.OllamaDeployment {
	t.Helper()
	return fixtures.Parse(t, "metadata: {name: stack, namespace: models}\nspec: {ollama: {models: "+list+"}}\nstatus: "+status)
}

const pulling = `
  removedModels:
  - {name: "llama2:7b", removedAt: "2026-01-02T03:03:05Z"}
  models:
  - {name: "llama3:8b", phase: Pulled, pods: 2/2, size: 4662M, digest: 365c0bd3c000a25d28ddbf732fe1c6add414de7275464c4e4d1c3b5fcb5d8ad1, lastPulled: "2026-01-02T01:04:05Z", updateAvailable: true}
  - {name: "library/all-minilm:l6", phase: Pulled, pods: 2/2, size: 46M}
  - {name: "llama3:70b", phase: Pulling, pods: 1/2, size: 39970M, progress: 43%}
  - {name: "typo:1", phase: Failed, pods: 0/2, message: "pull model manifest: file does not exist (2 pods, including stack-ollama-x)"}
  - {name: "next:1", phase: Pending, pods: 0/2}
`

func TestWriteModels(t *testing.T) {
	t.Parallel()
	at, err := time.Parse(time.RFC3339, now)
	require.NoError(t, err)
	const list = `["llama3:8b", "all-minilm:l6", "llama3:70b", "typo:1", "next:1", "new:1"]`
	hostile := `
  removedModels: [{name: "\e[2J\u202e"}]
  models:
  - {name: "llama3:8b", phase: "\e[2J", pods: "\u202e", digest: "\u2066漢\e", progress: "999%", message: "a\nb\tc\e[1m"}
  - {name: "all-minilm:l6", phase: "", progress: "+1%"}
  - {name: "llama3:70b", phase: Pulling, size: 9E, progress: "100%"}
`
	for name, tc := range map[string]struct {
		status string
		o      Options
	}{
		"plain":    {pulling, Options{}},
		"terminal": {pulling, Options{Bars: true}},
		"wide":     {pulling, Options{Wide: true}},
		"paced":    {pulling, Options{Bars: true, Pace: &Pace{samples: map[v1alpha1.OllamaModel][]sample{"llama3:70b": {{at.Add(-time.Minute), 33}, {at, 43}}}}}},
		"hostile":  {hostile, Options{Bars: true, Wide: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.o.Now = at
			var out strings.Builder
			require.NoError(t, WriteModels(&out, parseModels(t, list, tc.status), tc.o))
			golden.Equal(t, filepath.Join("testdata", "models", name+".txt"), out.String())
			assert.Equal(t, terminal.EscapeText(out.String()), out.String())
		})
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	for percent, want := range map[int]string{
		0: "[>                   ]", 4: "[>                   ]", 5: "[=>                  ]", 50: "[==========>         ]",
		99: "[===================>]", 100: "[====================]",
	} {
		assert.Equal(t, want, bar(percent), percent)
	}
}

func TestHumanBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]string{
		0: "0 B", 999: "999 B", 1000: "1 KB", 46e6: "46 MB", 1.24e6: "1.2 MB", 999.4e6: "999 MB", 999.6e6: "1.0 GB", 4.661e9: "4.7 GB", 39.97e9: "40 GB", 1.2e12: "1.2 TB",
	} {
		assert.Equal(t, want, HumanBytes(n), n)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	at := time.Unix(0, 0)
	pace := &Pace{samples: map[v1alpha1.OllamaModel][]sample{"llama3:70b": {{at.Add(-time.Minute), 33}, {at, 43}}}}
	lines := make([]string, 0, 6)
	for _, m := range Models(parseModels(t, `["llama3:8b", "llama3:70b", "typo:1", "new:1"]`, pulling)) {
		lines = append(lines, Line(m, Options{Now: at, Pace: pace, Bars: m.Name == "llama3:70b"}))
	}
	assert.Equal(t, []string{
		"llama3:8b: Pulled",
		"llama3:70b: Pulling [========>           ] 43%, 67 MB/s, 5m42s left",
		"typo:1: Failed: pull model manifest: file does not exist (2 pods, including stack-ollama-x)",
		"new:1: not observed yet",
	}, lines)
}
