// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/internal/ollama"
)

// A packPrinter shows on a terminal how far models are packed. It prints nothing elsewhere.
type packPrinter struct {
	*progressPrinter
	line string
}

// print shows the model that is packed, and the share of all of them that is done, from 0 to 1.
func (p *packPrinter) print(model ollama.ModelName, share float64) {
	line := status.Line(v1alpha1.ModelStatus{
		Name: v1alpha1.OllamaModel(model), Phase: "Packing", Progress: fmt.Sprintf("%d%%", int(share*100)),
	}, status.Options{Bars: true})
	if line != p.line {
		p.line = line
		p.show(line)
	}
}
