// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Suggest sets the fixes of the findings in a document of the file, which the checker has found. Each corrects its
// finding alone, and leaves fewer errors and no new ones. A finding without one cannot be corrected in place, or only
// together with others.
func (f Fixer) Suggest(file manifest.File, at manifest.Document, findings []check.Finding) {
	if !slices.ContainsFunc(findings, suggests) {
		return
	}
	d := f.read(file.Name, text(file, at), document{})
	trials := max(minTrials, maxTried/(len(d.text)+1))
	for _, t := range d.suggested() {
		if trials--; trials < 0 {
			break
		}
		if replacements := f.replacements(d, t); len(replacements) > 0 {
			setFix(findings, inFile(at, []check.Finding{t.Finding})[0], moved(at, replacements))
		}
	}
}

// suggests reports whether the finding is an error that suggests how to correct it.
func suggests(finding check.Finding) bool {
	return len(finding.Edits) > 0 && finding.Level == check.Error
}

// setFix sets the fix of the finding among the findings.
func setFix(findings []check.Finding, of check.Finding, replacements []check.Replacement) {
	i := slices.IndexFunc(findings, func(f check.Finding) bool {
		return f.Line == of.Line && f.Column == of.Column && f.Path == of.Path && f.Message == of.Message
	})
	if i >= 0 {
		findings[i].Fixes = []check.Fix{{Description: describe(of.Edits), Replacements: replacements}}
	}
}

func describe(edits []validation.Edit) string {
	texts := make([]string, 0, len(edits))
	for _, e := range edits {
		texts = append(texts, e.String())
	}
	return strings.Join(texts, "; ")
}

// replacements returns the replacements in the document that correct the error, nil if it cannot be corrected.
func (f Fixer) replacements(d document, t target) []check.Replacement {
	after, corrected := f.try(d, []target{t})
	if len(corrected) == 0 {
		return nil
	}
	edits := d.plan([]target{t}).edits
	if len(corrected) > 1 {
		edits = []edit.Edit{difference(d.text, after.text)}
	}
	lines := d.parsed().LineStarts()
	out := make([]check.Replacement, 0, len(edits))
	for _, e := range edits {
		r := check.Replacement{Text: e.Text}
		r.Line, r.Column = position(d.text, lines, e.Start)
		r.EndLine, r.EndColumn = position(d.text, lines, e.End)
		out = append(out, r)
	}
	return out
}

// difference returns the edit that makes after from before.
func difference(before, after []byte) edit.Edit {
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	for start > 0 && start < len(before) && !utf8.RuneStart(before[start]) {
		start--
	}
	same := 0
	for same < min(len(before), len(after))-start && before[len(before)-1-same] == after[len(after)-1-same] {
		same++
	}
	for same > 0 && !utf8.RuneStart(before[len(before)-same]) {
		same--
	}
	return edit.Edit{Start: start, End: len(before) - same, Text: string(after[start : len(after)-same])}
}

// moved returns the replacements in a document with their positions in the file. It modifies them.
func moved(at manifest.Document, replacements []check.Replacement) []check.Replacement {
	for i := range replacements {
		r := &replacements[i]
		if r.Line == 1 {
			r.Column += at.Column
		}
		if r.EndLine == 1 {
			r.EndColumn += at.Column
		}
		r.Line += at.Line
		r.EndLine += at.Line
	}
	return replacements
}
