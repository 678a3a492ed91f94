// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// Whatever a plan has, all formats print it without a character that controls a terminal, and that for GitHub with one
// command a line.
func FuzzFormats(f *testing.F) {
	for _, o := range everything(f) {
		data, err := json.Marshal(o.Plan)
		require.NoError(f, err)
		f.Add(data, "models.yaml")
	}
	f.Add([]byte(`{"name":"\u001b[2J","fields":[{"path":"a\n::error::b","before":"\"\u202e\"","after":"\"`+"```"+`\""}],"children":[{"kind":"|","before":"{}","after":"{\"a\":\"\n\"}"}]}`), "a\n::error::b")
	f.Fuzz(func(t *testing.T, data []byte, file string) {
		var p plan.Plan
		if json.Unmarshal(data, &p) != nil {
			t.Skip("not a plan")
		}
		for _, format := range Formats {
			var out strings.Builder
			if format.Write(&out, []Object{{Plan: p, Manifest: parsedOrNil(file, data)}}, Options{Diff: true}) != nil {
				continue // what the plan has of the children is no JSON
			}
			assert.Equal(t, terminal.EscapeText(out.String()), out.String(), format.Name)
			switch format.Name {
			case "json":
				assert.True(t, json.Valid([]byte(out.String())))
			case "github":
				commands := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
				for _, line := range commands[:len(commands)-1] {
					assert.Regexp(t, `\A::(notice|warning) `, line)
				}
			}
		}
	})
}

// parsedOrNil returns the first object in the text, nil if there is none.
func parsedOrNil(file string, data []byte) *manifest.Object {
	objects, _ := manifest.Parse(manifest.File{Name: file, Data: data})
	if len(objects) == 0 {
		return nil
	}
	return &objects[0]
}
