// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
)

// diffs returns the differences of all children as unified diffs of their YAML. A child without content, such as a
// Secret, is named only.
func diffs(p plan.Plan) (string, error) {
	var out strings.Builder
	for _, c := range p.Children {
		text, err := diff(c)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

func diff(c plan.Child) (string, error) {
	name := terminal.EscapeLine(c.Kind + "/" + c.Name)
	if c.Before == nil && c.After == nil {
		return fmt.Sprintf("# %s is %s\n", name, c.Action), nil
	}
	before, err := toYAML(c.Before)
	if err != nil {
		return "", err
	}
	after, err := toYAML(c.After)
	if err != nil {
		return "", err
	}
	return difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: slices.Collect(strings.Lines(before)), FromFile: name + " before",
		B: slices.Collect(strings.Lines(after)), ToFile: name + " after",
		Context: 3,
	})
}

// toYAML returns JSON as YAML with untrusted text escaped, "" if there is none.
func toYAML(data json.RawMessage) (string, error) {
	if data == nil {
		return "", nil
	}
	text, err := terminal.JSONToYAML(data)
	return string(text), err
}

// compact returns JSON on one line.
func compact(data json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Compact(&out, data); err != nil {
		return string(data)
	}
	return out.String()
}
