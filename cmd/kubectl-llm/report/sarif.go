// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// projectURL links to information about the tool.
const projectURL = "https://github.com/geeper-io/llm-operator"

// ruleDescriptions maps rules to their descriptions in SARIF.
var ruleDescriptions = map[string]string{
	"FieldValueInvalid":      "The value of the field is invalid.",
	"FieldValueRequired":     "The field is required.",
	"FieldValueNotSupported": "The value of the field is not one of the supported values.",
	"FieldValueDuplicate":    "The value is already in the list.",
	"FieldValueForbidden":    "The value of the field is not allowed here.",
	"FieldValueNotFound":     "The field refers to something that does not exist.",
	"FieldValueTooLong":      "The value of the field is too long.",
	"FieldValueTooMany":      "The list has too many entries.",
	"FieldValueTypeInvalid":  "The value of the field has the wrong type.",
	check.RuleParseError:     "The document is not valid YAML or JSON.",
	check.RuleUnknownField:   "The API has no such field.",
	check.RuleUnknownKind:    "The API has no such kind or version.",
	check.RuleDuplicateKey:   "The key occurs twice; only the last value is used.",
	check.RuleWarning:        "The object is accepted with a warning.",
	check.RuleRegistry:       "The registry does not say how large the model is.",
	check.RulePolicy:         "A ValidatingAdmissionPolicy denies the object, or warns of it.",
}

// writeSARIF prints the findings as a SARIF log with one run.
func writeSARIF(w io.Writer, r Report, _ bool) error {
	run := sarif.NewRunWithInformationURI("kubectl-llm", projectURL)
	run.Tool.Driver.WithVersion(r.Version)
	run.WithColumnKind("unicodeCodePoints")
	for _, f := range r.Findings {
		run.AddRule(f.Rule).WithDescription(cmp.Or(ruleDescriptions[f.Rule], f.Rule))
		result := run.CreateResultForRule(f.Rule).
			WithLevel(string(f.Level)).
			WithMessage(sarif.NewTextMessage(f.Text())).
			AddLocation(location(f))
		for _, fix := range f.Fixes {
			result.AddFixe(fixOf(f.File, fix))
		}
	}
	report := sarif.NewReport()
	report.AddRun(run)
	var out bytes.Buffer
	if err := report.PrettyWrite(&out); err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	_, err := fmt.Fprintf(w, "%s\n", terminal.EscapeJSON(out.Bytes()))
	return err
}

func location(f check.Finding) *sarif.Location {
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri(f.File))).
		WithRegion(sarif.NewRegion().WithStartLine(f.Line).WithStartColumn(f.Column)))
}

// fixOf returns a fix of the file. The columns of its regions are counted like those of locations; an end is the column
// after the last character (SARIF 2.1.0, 3.30.8).
func fixOf(file string, f check.Fix) *sarif.Fix {
	change := sarif.NewArtifactChange().WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri(file)))
	for _, r := range f.Replacements {
		region := sarif.NewRegion().WithStartLine(r.Line).WithStartColumn(r.Column).WithEndLine(r.EndLine).WithEndColumn(r.EndColumn)
		change.AddReplacement(sarif.NewReplacement().WithDeletedRegion(region).
			WithInsertedContent(sarif.NewArtifactContent().WithText(r.Text)))
	}
	return sarif.NewFix().WithDescription(sarif.NewTextMessage(f.Description)).AddArtifactChange(change)
}

// uri returns the file name as a URI. Relative names stay relative.
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
