package report

import (
	"encoding/json"
	"io"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
)

// writeJSON prints the whole report. Fields may be added to it, and none goes.
func writeJSON(w io.Writer, r Report, _ bool) error {
	findings := r.Findings
	if findings == nil {
		findings = []check.Finding{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Findings   []check.Finding `json:"findings"`
		Objects    int             `json:"objects"`
		PassedOver int             `json:"passedOver"`
		Errors     int             `json:"errors"`
		Warnings   int             `json:"warnings"`
	}{findings, len(r.Objects), r.PassedOver, r.Count(check.Error), r.Count(check.Warning)})
}
