// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Whatever a status has, what is printed does not control a terminal, and a model takes one line.
func FuzzWrite(f *testing.F) {
	for _, text := range []string{
		`{"metadata":{"name":"a"},"status":{"phase":"Ready","url":"http://a","ollama":{"readyReplicas":1},"models":[{"name":"a:1","phase":"Pulled","size":"1Gi","digest":"abc","pods":"1/1"}]}}`,
		`{"metadata":{"name":"\u001b[2J"},"status":{"phase":"\u202e\n","models":[{"name":"\u001b]8;;","phase":"Failed","message":"\n::error::","completed":"9E","total":"1"}],"conditions":[{"type":"Ready","status":"False","reason":"\t","message":"\u2028"}]}}`,
		`{"status":{"models":[{"name":"","completed":"-1","total":"0"},{"total":"9223372036854775807"}],"removedModels":[{"name":"\u0000"}]}}`,
	} {
		f.Add([]byte(text))
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &v1alpha1.OllamaDeployment{}
		if json.Unmarshal(data, d) != nil {
			t.Skip("not an object")
		}
		pace := &Pace{}
		pace.Observe(d, now)
		pace.Observe(d, now.Add(time.Minute))
		for _, o := range []Options{{Now: now}, {Now: now, Bars: true, Wide: true, Pace: pace}} {
			var out strings.Builder
			require.NoError(t, Write(&out, d, o))
			assert.Equal(t, terminal.EscapeText(out.String()), out.String())
			for _, m := range d.Status.Models {
				line := Line(m, o)
				assert.Equal(t, terminal.EscapeLine(line), line)
			}
		}
	})
}
