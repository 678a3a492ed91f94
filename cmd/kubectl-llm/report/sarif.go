package report

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// home is where the rules are explained.
const home = "https://github.com/geeper-io/llm-operator"

// ruleTexts explain the rules of findings.
var ruleTexts = map[string]string{
	"FieldValueInvalid":      "The value of the field breaks a rule.",
	"FieldValueRequired":     "The field has to be set.",
	"FieldValueNotSupported": "The value of the field is none of the allowed ones.",
	"FieldValueDuplicate":    "The value stands in the list already.",
	"FieldValueForbidden":    "The field may not be set so.",
	"FieldValueNotFound":     "The field names something that is not there.",
	"FieldValueTooLong":      "The value of the field is too long.",
	"FieldValueTooMany":      "The list has too many entries.",
	"FieldValueTypeInvalid":  "The value of the field has the wrong type.",
	check.RuleUnreadable:     "The document is no YAML, JSON or object.",
	check.RuleUnknownField:   "The API has no such field.",
	check.RuleUnknownKind:    "The API has no such kind or version.",
	check.RuleDuplicateKey:   "The key stands twice, and the first one is lost.",
	check.RuleWarning:        "The object is accepted and may surprise.",
}

// writeSARIF prints the findings as a run of static analysis.
func writeSARIF(w io.Writer, r Report, _ bool) error {
	run := sarif.NewRunWithInformationURI("kubectl-llm", home)
	run.Tool.Driver.WithVersion(r.Version)
	run.WithColumnKind("unicodeCodePoints")
	for _, f := range r.Findings {
		text := ruleTexts[f.Rule]
		if text == "" {
			text = f.Rule
		}
		run.AddRule(f.Rule).WithDescription(text)
		run.CreateResultForRule(f.Rule).
			WithLevel(string(f.Level)).
			WithMessage(sarif.NewTextMessage(f.Text())).
			AddLocation(location(f))
	}
	report := sarif.NewReport()
	report.AddRun(run)
	var out bytes.Buffer
	if err := report.PrettyWrite(&out); err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	_, err := fmt.Fprintf(w, "%s\n", terminal.JSON(out.Bytes()))
	return err
}

func location(f check.Finding) *sarif.Location {
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri(f.File))).
		WithRegion(sarif.NewRegion().WithStartLine(f.Line).WithStartColumn(f.Column)))
}

// uri is a file's name as SARIF has it: relative ones stay relative.
func uri(file string) string {
	if file == manifest.Stdin {
		return "stdin"
	}
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
