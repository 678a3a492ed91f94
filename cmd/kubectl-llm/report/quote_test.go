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
	"github.com/geeper-io/llm-operator/webhooks"
)

// hostile is what a stranger may write wherever texts are free.
const hostile = "\x1b[2J\u202ex\u2066\u009b1m\u007f\u200b\n::error::y\u2028z"

// No format lets a terminal obey what stands in a manifest, a file's name among it, and
// the programs' formats lose nothing of it.
func TestFormatsQuote(t *testing.T) {
	t.Parallel()
	checker, err := check.New(webhooks.Options{})
	require.NoError(t, err)
	quoted, err := json.Marshal(hostile)
	require.NoError(t, err)
	text := strings.ReplaceAll(`{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", HOSTILE: 1, "a": 1, "a": 2,
		"metadata": {"name": HOSTILE, "namespace": HOSTILE, "labels": {HOSTILE: 1}, "annotations": {HOSTILE: ""}},
		"spec": {HOSTILE: {}, "ollama": {HOSTILE: 1, "models": [HOSTILE], "imageTag": HOSTILE, "resources": {"limits": {HOSTILE: 1.5, "cpu": HOSTILE}}},
			"openwebui": {"serviceType": HOSTILE, "ingress": {"host": HOSTILE}},
			"tabby": {"enabled": true, "envVars": [{"name": HOSTILE}, {"name": HOSTILE}], "volumeMounts": [{"name": HOSTILE, "mountPath": HOSTILE}]}}}`, "HOSTILE", string(terminal.JSON(quoted)))
	objects, unreadable := manifest.Parse(manifest.File{Name: hostile, Data: []byte(text)})
	require.Empty(t, unreadable)
	require.Len(t, objects, 1)
	o := objects[0]
	found := checker.Check(o).Findings
	require.Greater(t, len(found), 10)
	found = append(found, check.Unreadable(&manifest.UnreadableError{File: hostile, Message: hostile}))
	r := Report{Findings: found, Objects: []Object{{File: hostile, Name: check.NameOf(o), At: o.Position()}}}
	outputs := map[string]string{}
	for _, format := range Formats {
		var out strings.Builder
		require.NoError(t, format.Write(&out, r, false))
		assert.Equal(t, terminal.Lines(out.String()), out.String(), format.Name)
		outputs[format.Name] = out.String()
	}
	assert.Len(t, strings.Split(strings.TrimSpace(outputs["text"]), "\n"), len(found)+1, "a line a finding")
	assert.Len(t, strings.Split(strings.TrimSpace(outputs["github"]), "\n"), len(found)+1, "a command a finding")
	var parsed struct{ Findings []check.Finding }
	require.NoError(t, json.Unmarshal([]byte(outputs["json"]), &parsed))
	for i, f := range parsed.Findings {
		assert.Equal(t, found[i].Text(), f.Text())
		assert.Equal(t, found[i].File, f.File)
	}
	assert.True(t, json.Valid([]byte(outputs["sarif"])))
	decoder := xml.NewDecoder(strings.NewReader(outputs["junit"]))
	for err = nil; err == nil; _, err = decoder.Token() {
	}
	assert.ErrorIs(t, err, io.EOF)
}

// Objects of one name in one file are cases of their own, with their own findings.
func TestJUnitCasesOfOneName(t *testing.T) {
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
