// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// A filePlan is a plan with the file of the object.
type filePlan struct {
	File string `json:"file,omitempty"`
	plan.Plan
}

// writeJSON prints one object with all plans.
func writeJSON(w io.Writer, objects []Object, _ Options) error {
	plans := make([]filePlan, 0, len(objects))
	for _, o := range objects {
		one := filePlan{Plan: o.Plan}
		if o.Manifest != nil {
			one.File = o.Manifest.File
		}
		plans = append(plans, one)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]any{"plans": plans}); err != nil {
		return fmt.Errorf("encoding the plans: %w", err)
	}
	_, err := w.Write(terminal.EscapeJSON(out.Bytes()))
	return err
}
