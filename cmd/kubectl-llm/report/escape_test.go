// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// hostile has control and format characters and a fake workflow command.
const hostile = "\x1b[2J\u202ex\u2066\u009b1m\u007f\u200b\n::error::y\u2028z"

// All formats escape untrusted text, and the machine-readable ones preserve its value.
func TestFormatsEscape(t *testing.T) {
	t.Parallel()
	checker, err := check.New(validation.Options{})
	require.NoError(t, err)
	quoted, err := json.Marshal(hostile)
	require.NoError(t, err)
	text := strings.ReplaceAll(`{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", HOSTILE: 1, "a": 1, "a": 2,
		"metadata": {"name": HOSTILE, "namespace": HOSTILE, "labels": {HOSTILE: 1}, "annotations": {HOSTILE: ""}},
		"spec": {HOSTILE: {}, "ollama": {HOSTILE: 1, "models": [HOSTILE], "imageTag": HOSTILE, "resources": {"limits": {HOSTILE: 1.5, "cpu": HOSTILE}}},
			"openwebui": {"serviceType": HOSTILE, "ingress": {"host": HOSTILE}},
			"tabby": {"enabled": true, "envVars": [{"name": HOSTILE}, {"name": HOSTILE}], "volumeMounts": [{"name": HOSTILE, "mountPath": HOSTILE}]}}}`, "HOSTILE", string(terminal.EscapeJSON(quoted)))
	objects, parseErrs := manifest.Parse(manifest.File{Name: hostile, Data: []byte(text)})
	require.Empty(t, parseErrs)
	require.Len(t, objects, 1)
	o := objects[0]
	findings := checker.Check(o).Findings
	require.Greater(t, len(findings), 10)
	findings = append(findings, check.ParseErrorFinding(&manifest.ParseError{File: hostile, Message: hostile}))
	r := Report{Findings: findings, Objects: []Object{{File: hostile, Name: check.DisplayName(o), Position: o.Position()}}}
	outputs := map[string]string{}
	for _, format := range Formats {
		var out strings.Builder
		require.NoError(t, format.Write(&out, r, false))
		assert.Equal(t, terminal.EscapeText(out.String()), out.String(), format.Name)
		outputs[format.Name] = out.String()
	}
	assert.Len(t, strings.Split(strings.TrimSpace(outputs["text"]), "\n"), len(findings)+1, "one line per finding")
	assert.Len(t, strings.Split(strings.TrimSpace(outputs["github"]), "\n"), len(findings)+1, "one command per finding")
	var parsed struct{ Findings []check.Finding }
	require.NoError(t, json.Unmarshal([]byte(outputs["json"]), &parsed))
	for i, f := range parsed.Findings {
		assert.Equal(t, findings[i].Text(), f.Text())
		assert.Equal(t, findings[i].File, f.File)
	}
	assert.True(t, json.Valid([]byte(outputs["sarif"])))
	decoder := xml.NewDecoder(strings.NewReader(outputs["junit"]))
	for err = nil; err == nil; _, err = decoder.Token() {
	}
	assert.ErrorIs(t, err, io.EOF)
}

// Objects with the same name in a file are separate test cases.
func TestJUnitDuplicateNames(t *testing.T) {
	t.Parallel()
	at := func(line, column int) manifest.Position { return manifest.Position{Line: line, Column: column} }
	var out strings.Builder
	require.NoError(t, writeJUnit(&out, Report{
		Objects:  []Object{{"a.yaml", "X a", at(1, 1)}, {"a.yaml", "X a", at(7, 3)}, {"a.yaml", "X a", at(7, 30)}, {"a.yaml", "X b", at(9, 1)}, {"b.yaml", "X a", at(1, 1)}},
		Findings: []check.Finding{{File: "a.yaml", Object: "X a", ObjectAt: at(7, 3), Line: 8, Column: 2, Level: check.Error, Message: "wrong"}},
	}, false))
	var suites struct {
		Suites []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal([]byte(out.String()), &suites))
	var got []string
	for _, suite := range suites.Suites {
		for _, c := range suite.Cases {
			got = append(got, strings.TrimSuffix(suite.Name+" "+c.Name+" "+c.Failure, " "))
		}
	}
	assert.Equal(t, []string{"a.yaml X a at 1:1", "a.yaml X a at 7:3 8:2: wrong", "a.yaml X a at 7:30", "a.yaml X b", "b.yaml X a"}, got)
}
