// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/models"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// A terminal has one line that is cleared and printed again; the lines of settled models stay.
func TestProgress(t *testing.T) {
	t.Parallel()
	names := []v1alpha1.OllamaModel{"a:1", "b:1"}
	for name, width := range map[string]int{"terminal": 80, "narrow": 20, "plain": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			p := newProgressPrinter(&out)
			p.width = width
			for i, states := range []string{
				`{name: "a:1", phase: Pulling, progress: 3%, size: 1G}, {name: "b:1", phase: Pending}`,
				`{name: "a:1", phase: Pulling, progress: 6%, size: 1G}, {name: "b:1", phase: Pending}`,
				`{name: "a:1", phase: Pulling, progress: 13%, size: 1G}, {name: "b:1", phase: Pending}`,
				`{name: "a:1", phase: Pulled, size: 1G}, {name: "b:1", phase: Pulling}`,
				`{name: "a:1", phase: Pulled, size: 1G}, {name: "b:1", phase: Failed, message: "i/o timeout"}`,
				`{name: "a:1", phase: Pulled, size: 1G}, {name: "b:1", phase: Pulling, progress: 99%}`,
				`{name: "a:1", phase: Pulled, size: 1G}, {name: "b:1", phase: Pulled}`,
			} {
				d := fixtures.Parse(t, `spec: {ollama: {models: ["other:1", "a:1", "b:1"]}}`+"\nstatus: {models: [{name: \"other:1\", phase: Pulling}, "+states+"]}")
				var waiting []v1alpha1.OllamaModel
				for _, m := range d.Status.Models {
					if models.Find(names, m.Name) >= 0 && m.Phase != v1alpha1.ModelPulled {
						waiting = append(waiting, m.Name)
					}
				}
				p.print(d, names, waiting, time.Unix(int64(5*i), 0))
			}
			p.end()
			golden.Equal(t, filepath.Join("testdata", "progress", name+".txt"), strings.NewReplacer("\r", "<CR>", "\x1b[K", "<EL>").Replace(out.String()))
		})
	}
}
