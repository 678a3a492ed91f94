// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// writeJSON prints the report as one JSON object. Fields may be added to it, but not
// removed or renamed.
func writeJSON(w io.Writer, r Report, _ bool) error {
	findings := r.Findings
	if findings == nil {
		findings = []check.Finding{}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	summary := r.Summary()
	err := encoder.Encode(struct {
		Findings []check.Finding `json:"findings"`
		Objects  int             `json:"objects"`
		Skipped  int             `json:"skipped"`
		Errors   int             `json:"errors"`
		Warnings int             `json:"warnings"`
	}{findings, summary.Objects, summary.Skipped, summary.Errors, summary.Warnings})
	if err != nil {
		return err
	}
	_, err = w.Write(terminal.EscapeJSON(out.Bytes()))
	return err
}
