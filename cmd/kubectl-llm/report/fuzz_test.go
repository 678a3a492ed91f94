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
)

// Whatever a finding has, all formats print it without a character that controls a terminal, on as many lines as any
// other finding, and the encodings are valid.
func FuzzFormats(f *testing.F) {
	f.Add("a.yaml", "OllamaDeployment stack", "spec.ollama.models[0]", `Invalid value: "a b"`, 1, 1)
	f.Add(hostile, hostile, hostile, hostile, -1, 1<<30)
	f.Add("a,b:c%0A", "]]>", "<a>&", `\u001b"`, 0, 0)
	f.Fuzz(func(t *testing.T, file, object, path, message string, line, column int) {
		for _, format := range Formats {
			var out, plain strings.Builder
			require.NoError(t, format.Write(&out, reportOf(file, object, path, message, line, column), false))
			require.NoError(t, format.Write(&plain, reportOf("a", "b", "c", "d", 1, 1), false))
			text := out.String()
			assert.Equal(t, terminal.EscapeText(text), text, format.Name)
			switch format.Name {
			case "text", "github":
				assert.Equal(t, strings.Count(plain.String(), "\n"), strings.Count(text, "\n"), format.Name)
			case "json", "sarif":
				assert.True(t, json.Valid([]byte(text)), format.Name)
			case "junit":
				assert.ErrorIs(t, xmlError(text), io.EOF)
			}
		}
	})
}

func reportOf(file, object, path, message string, line, column int) Report {
	at := manifest.Position{Line: line, Column: column}
	return Report{
		Objects:  []Object{{File: file, Name: object, Position: at}},
		Findings: []check.Finding{{File: file, Line: line, Column: column, Level: check.Error, Rule: "FieldValueInvalid", Object: object, ObjectAt: at, Path: path, Message: message}},
	}
}

// xmlError returns the error with which reading the XML ends, io.EOF if there is none.
func xmlError(text string) error {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); err != nil {
			return err
		}
	}
}
