// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package planned

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/plan"
	"github.com/geeper-io/llm-operator/test/golden"
)

const written = `apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack, namespace: models}
spec:
  ollama:
    imageTag: "0.13.0"
    models: ["llama3.2:3b"]
`

func parsed(t testing.TB, name, text string) *manifest.Object {
	t.Helper()
	objects, errs := manifest.Parse(manifest.File{Name: name, Data: []byte(text)})
	require.Empty(t, errs)
	require.Len(t, objects, 1)
	return &objects[0]
}

// everything has a plan of every kind of effect.
func everything(t testing.TB) []Object {
	t.Helper()
	child := func(kind, name string, action plan.Action, before, after string) plan.Child {
		c := plan.Child{Component: "ollama", Kind: kind, Name: name, Action: action}
		if before != "" {
			c.Before = json.RawMessage(before)
		}
		if after != "" {
			c.After = json.RawMessage(after)
		}
		return c
	}
	return []Object{
		{Manifest: parsed(t, "models.yaml", written), Plan: plan.Plan{
			Kind: "OllamaDeployment", Namespace: "models", Name: "stack", Action: plan.Changed,
			Fields: []plan.Field{
				{Path: "spec.ollama.imageTag", Before: json.RawMessage(`"0.12.0"`), After: json.RawMessage(`"0.13.0"`)},
				{Path: "spec.ollama.replicas", After: json.RawMessage("2")},
				{Path: "spec.ollama.resources.requests.memory", Before: json.RawMessage(`"6Gi"`), After: json.RawMessage(`"3Gi"`), Derived: true},
				{Path: "spec.openwebui.pod", Before: json.RawMessage(`{"labels": {"a-rather-long-label-of-a-pod": "with-a-rather-long-value-too"}}`)},
			},
			Components: []plan.Component{
				{Name: "ollama", Effect: plan.Restarts, Because: []string{"spec.ollama.imageTag"}, ReplicasBefore: 1, ReplicasAfter: 1},
				{Name: "openwebui", Effect: plan.Restarts, Because: []string{"spec.openwebui.pod", "spec.openwebui.image"}, ReplicasBefore: 1, ReplicasAfter: 1, Downtime: "its claim can be used by one pod at a time"},
				{Name: "tabby", Effect: plan.Stops, Because: []string{"spec.tabby.enabled"}, ReplicasBefore: 1},
			},
			Children: []plan.Child{
				child("Deployment", "stack-ollama", plan.Changed, `{"spec": {"replicas": 1, "a": "b"}}`, `{"spec": {"replicas": 2, "a": "b"}}`),
				child("Secret", "stack-openwebui", plan.Created, "", ""),
				child("Service", "stack-openwebui", plan.Recreated, `{"a": 1}`, `{"a": 2}`),
				child("Ingress", "stack-tabby", plan.Deleted, `{"a": 1}`, ""),
				child("PersistentVolumeClaim", "stack-tabby", plan.Retained, `{"a": 1}`, `{"a": 1}`),
			},
			Models: []plan.Model{
				{Name: "llama3.2:3b", Effect: plan.Pulled, Bytes: 2_019_393_189},
				{Name: "qwen3:4b", Effect: plan.PulledOrInImage, Bytes: 2_497_293_931},
				{Name: "mistral:latest", Effect: plan.PulledIfMoved},
				{Name: "phi3:mini", Effect: plan.PulledAnew},
				{Name: "llama2:7b", Effect: plan.Removed},
				{Name: "gemma:2b", Effect: plan.Kept},
			},
			Addresses: []plan.Address{
				{Component: "ollama", Action: plan.Created, After: "LoadBalancer port 80"},
				{Component: "openwebui", Action: plan.Changed, Before: "http://a.example.com", After: "https://b.example.com"},
				{Component: "tabby", Action: plan.Deleted, Before: "http://tabby.example.com"},
			},
			Claims: []plan.Claim{
				{Component: "ollama", Name: "stack-ollama", Action: plan.Changed, Before: "10Gi", After: "20Gi"},
				{Component: "openwebui", Name: "stack-openwebui", Action: plan.Created, After: "1Gi"},
				{Component: "tabby", Name: "stack-tabby", Action: plan.Retained, Before: "1Gi"},
			},
		}},
		{Plan: plan.Plan{Kind: "OllamaDeployment", Name: "same", Action: plan.Unchanged}},
		{Plan: plan.Plan{
			Kind: "OllamaDeployment", Name: "upgraded", Action: plan.Unchanged,
			Components: []plan.Component{
				{Name: "ollama", Effect: plan.Restarts, Differences: []string{"containers[ollama].image"}, ReplicasBefore: 1, ReplicasAfter: 1},
				{Name: "openwebui", Effect: plan.Scales, Because: []string{"spec.openwebui.replicas"}, ReplicasBefore: 1, ReplicasAfter: 3},
				{Name: "tabby", Effect: plan.Starts, ReplicasAfter: 1},
			},
		}},
		{Manifest: parsed(t, "paused.yaml", strings.Replace(written, "spec:\n", "spec:\n  paused: true\n", 1)), Plan: plan.Plan{
			Kind: "OllamaDeployment", Namespace: "models", Name: "paused", Action: plan.Changed, Paused: true,
			Fields: []plan.Field{{Path: "spec.ollama.imageTag", Before: json.RawMessage(`"0.12.0"`), After: json.RawMessage(`"0.13.0"`)}},
		}},
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, format := range Formats {
		t.Run(format.Name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			require.NoError(t, format.Write(&out, everything(t), Options{}))
			golden.Equal(t, filepath.Join("testdata", format.Name+".txt"), out.String())
		})
	}
	t.Run("text with differences", func(t *testing.T) {
		t.Parallel()
		var out strings.Builder
		require.NoError(t, writeText(&out, everything(t), Options{Diff: true}))
		golden.Equal(t, filepath.Join("testdata", "text-diff.txt"), out.String())
	})
}

func TestColors(t *testing.T) {
	t.Parallel()
	var plain, colored strings.Builder
	require.NoError(t, writeText(&plain, everything(t), Options{Diff: true}))
	require.NoError(t, writeText(&colored, everything(t), Options{Diff: true, Colored: true}))
	assert.NotContains(t, plain.String(), "\x1b")
	for _, want := range []string{"\x1b[33mchanged\x1b[0m", "\x1b[33;1mTabby stops", "\x1b[31m-  replicas: 1\x1b[0m\n", "\x1b[32m+  replicas: 2\x1b[0m\n"} {
		assert.Contains(t, colored.String(), want)
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	_, err := FormatByName("xml")
	require.EqualError(t, err, `unknown output format "xml", must be one of ["text" "json" "markdown" "github"]`)
}

// hostile has control and format characters, a fake workflow command, and what means something in Markdown and HTML.
const hostile = "\x1b[2J\u202e\n::error::y\r%0A\u2028| \\| ```` </code></details><script>&amp; [a](https://example.com) ![b](c) @everyone #1 *d* _e_ ~f~ $g$ :smile: www.example.com"

func hostileObject(t *testing.T) Object {
	t.Helper()
	quoted, err := json.Marshal(map[string]any{hostile: []string{hostile}})
	require.NoError(t, err)
	return Object{Manifest: parsed(t, hostile, written), Plan: plan.Plan{
		Kind: "OllamaDeployment", Namespace: hostile, Name: hostile, Action: plan.Changed,
		Fields:     []plan.Field{{Path: hostile, Before: quoted, After: quoted}},
		Components: []plan.Component{{Name: hostile, Effect: plan.Restarts, Because: []string{hostile}, Differences: []string{hostile}, Downtime: hostile}},
		Children:   []plan.Child{{Kind: hostile, Name: hostile, Action: plan.Changed, Before: quoted, After: json.RawMessage(`{"` + "`````" + `": 1}`)}, {Kind: hostile, Name: hostile}},
		Models:     []plan.Model{{Name: hostile, Effect: plan.Pulled}},
		Addresses:  []plan.Address{{Component: hostile, Before: hostile, After: hostile}},
		Claims:     []plan.Claim{{Component: hostile, Name: hostile, Action: plan.Changed, Before: hostile, After: hostile}},
	}}
}

// All formats escape untrusted text, and JSON preserves its value.
func TestFormatsEscape(t *testing.T) {
	t.Parallel()
	object := hostileObject(t)
	outputs := map[string]string{}
	for _, format := range Formats {
		var out strings.Builder
		require.NoError(t, format.Write(&out, []Object{object}, Options{Diff: true}))
		assert.Equal(t, terminal.EscapeText(out.String()), out.String(), format.Name)
		outputs[format.Name] = out.String()
	}
	var read struct{ Plans []plan.Plan }
	require.NoError(t, json.Unmarshal([]byte(outputs["json"]), &read))
	assert.Equal(t, hostile, read.Plans[0].Models[0].Name)
	assert.Equal(t, object.Components, read.Plans[0].Components)
	for _, l := range strings.Split(strings.TrimSpace(outputs["github"]), "\n")[:4] {
		assert.Regexp(t, `^::(notice|warning) file=[^:,]*,line=[0-9]+,col=[0-9]+,title=[^:,]*::`, l)
	}
	golden.Equal(t, filepath.Join("testdata", "hostile.md"), outputs["markdown"])
}

// Outside of code, Markdown has no character of untrusted text that means anything.
func TestMarkdownEscapes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, code, prose string }{
		"plain":        {"llama3.2:3b", "`llama3.2:3b`", "llama3.2&#58;3b"},
		"colon":        {"downtime: a", "`downtime: a`", "downtime: a"},
		"pipe":         {"a|b", "<code>a&#124;b</code>", "a&#124;b"},
		"backtick":     {"a`b", "<code>a&#96;b</code>", "a&#96;b"},
		"backslash":    {"a\\", "<code>a&#92;</code>", "a&#92;"},
		"HTML":         {"<b>&lt;", "`<b>&lt;`", "&#60;b&#62;&#38;lt;"},
		"mention":      {"@a", "`@a`", "&#64;&#8203;a"},
		"link":         {"https://a www.b", "`https://a www.b`", "https&#58;//a www&#46;b"},
		"line break":   {"a\nb", "`a b`", "a b"},
		"empty":        {"", "<code></code>", ""},
		"spaces":       {" a", "<code> a</code>", " a"},
		"control code": {"\x1b|", "<code>&#92;x1b&#124;</code>", "&#92;x1b&#124;"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.code, code(tc.text).markdown())
			assert.Equal(t, tc.prose, words("%s", tc.text).markdown())
		})
	}
}

// A long diff is cut at a line, because GitHub limits the length of a comment.
func TestMarkdownShortens(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789\n", 5000)
	short := shorten(text)
	assert.LessOrEqual(t, len(short), maxDiff+30)
	assert.True(t, strings.HasSuffix(short, "0123456789\n# 2273 more lines\n"), short[len(short)-40:])
	assert.Equal(t, "a\n", shorten("a\n"))
}

// However many objects there are, the comment is not too long: tables are left out first, and then objects.
func TestMarkdownLongTables(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		action                plan.Action
		objects               int
		hasTables, hasObjects bool
	}{
		"unchanged":      {plan.Unchanged, 300, true, true},
		"many unchanged": {plan.Unchanged, 5000, true, false},
		"changed":        {plan.Changed, 50, true, true},
		"many changed":   {plan.Changed, 200, false, true},
		"most changed":   {plan.Changed, 5000, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			objects := make([]Object, tc.objects)
			for i := range objects {
				objects[i].Plan = plan.Plan{Kind: "OllamaDeployment", Name: strings.Repeat("a", 63), Action: tc.action}
				if tc.action == plan.Changed {
					objects[i].Fields = []plan.Field{{Path: "spec.ollama.imageTag", Before: json.RawMessage(`"` + strings.Repeat("b", 100) + `"`), After: json.RawMessage(`"c"`)}}
				}
			}
			var out strings.Builder
			require.NoError(t, writeMarkdown(&out, objects, Options{}))
			assert.LessOrEqual(t, utf8.RuneCountInString(out.String()), maxComment+100)
			assert.Equal(t, !tc.hasTables, strings.Contains(out.String(), "\nDetails omitted: the comment would be too long.\n"))
			assert.Equal(t, !tc.hasObjects, strings.Contains(out.String(), " more objects are left out: the comment would be too long.\n"))
		})
	}
}

// The tables of all objects come first, and diffs only as far as there is room in a comment.
func TestMarkdownOmits(t *testing.T) {
	t.Parallel()
	var objects []Object
	for _, lines := range []int{2000, 2000, 2} {
		after, err := json.Marshal(strings.Repeat("é123456789\n", lines))
		require.NoError(t, err)
		objects = append(objects, Object{Plan: plan.Plan{
			Kind: "OllamaDeployment", Name: "stack", Action: plan.Changed,
			Children: []plan.Child{{Kind: "ConfigMap", Name: "stack-ollama", Action: plan.Changed, Before: json.RawMessage(`""`), After: after}},
		}})
	}
	var out strings.Builder
	require.NoError(t, writeMarkdown(&out, objects, Options{}))
	assert.LessOrEqual(t, utf8.RuneCountInString(out.String()), maxComment+500)
	sections := strings.Split(out.String(), "### ")[1:]
	require.Len(t, sections, 3)
	for i, omitted := range []bool{false, true, false} {
		assert.Contains(t, sections[i], "is changed in place")
		assert.Equal(t, omitted, strings.Contains(sections[i], "\nDifferences omitted: the comment would be too long.\n"), "%d", i)
		assert.Equal(t, !omitted, strings.Contains(sections[i], "<details>"), "%d", i)
	}
}
