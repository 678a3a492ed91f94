// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	aliasPath  = deprecatedResource + "/stack"
	controlled = "metadata: {ownerReferences: [{apiVersion: llm.geeper.io/v1alpha1, kind: Deployment, name: stack, uid: x, controller: true}]}"
	warning    = "Warning: spec: a warning\\u202e\n"
	shown      = "ollamadeployment.llm.geeper.io/stack: "
)

// A modelsEdit is a row of TestModelsEdit: a command on the objects, and the patch that it sends.
type modelsEdit struct {
	objects     map[string]string
	args        string
	code        int
	out, stderr string
	patches     []string
}

func TestModelsEdit(t *testing.T) {
	t.Parallel()
	one := map[string]string{modelsObject: listed}
	const patched = modelsObject + "?fieldManager=kubectl-llm "
	const invalid = `error: ollamadeployment.llm.geeper.io/stack does not list "none:1"; it lists ["llama2:7b" "library/all-minilm:l6"]` + "\n"
	for name, tc := range map[string]modelsEdit{
		"pull":                  {one, "pull a:1 b:1 a:1", 0, shown + "added a:1\n" + shown + "added b:1\n", warning, []string{patched + `{"metadata":{"resourceVersion":"1"},"spec":{"ollama":{"models":["llama2:7b","library/all-minilm:l6","a:1","b:1"]}}}`}},
		"pull of a listed one":  {one, "pull all-minilm:l6", 0, shown + "library/all-minilm:l6 is listed already\n", "", nil},
		"rm":                    {one, "rm Llama2:7B", 0, shown + "removed llama2:7b\n", warning, []string{patched + `{"metadata":{"resourceVersion":"1"},"spec":{"ollama":{"models":["library/all-minilm:l6"]}}}`}},
		"rm of all":             {one, "rm llama2:7b all-minilm:l6", 0, shown + "removed llama2:7b\n" + shown + "removed library/all-minilm:l6\n", warning, []string{patched + `{"metadata":{"resourceVersion":"1"},"spec":{"ollama":{"models":[]}}}`}},
		"rm of an unlisted one": {one, "rm llama2:7b none:1", 1, "", invalid, nil},
		"rm of a removed one":   {one, "rm gone:1", 0, shown + "gone:1 is removed already\n", "", nil},
		"dry run":               {one, "rm llama2:7b --dry-run=server", 0, shown + "removed llama2:7b (server dry run)\n", warning, []string{modelsObject + `?dryRun=All&fieldManager=kubectl-llm {"metadata":{"resourceVersion":"1"},"spec":{"ollama":{"models":["library/all-minilm:l6"]}}}`}},
		"alias": {
			map[string]string{modelsObject: controlled, aliasPath: listed},
			"pull a:1", 0,
			"deployment.llm.geeper.io/stack: added a:1\n", warning,
			[]string{aliasPath + `?fieldManager=kubectl-llm {"metadata":{"resourceVersion":"1"},"spec":{"ollama":{"models":["llama2:7b","library/all-minilm:l6","a:1"]}}}`},
		},
		"alias that is not converted": {map[string]string{aliasPath: listed}, "pull llama2:7b", 0, "deployment.llm.geeper.io/stack: llama2:7b is listed already\n", "", nil},
		"alias that is gone":          {map[string]string{modelsObject: controlled + listed}, "pull llama2:7b", 0, shown + "llama2:7b is listed already\n", "", nil},
		"alias of another object":     {map[string]string{modelsObject: listed, aliasPath: "spec: {}"}, "pull llama2:7b", 0, shown + "llama2:7b is listed already\n", "", nil},
		"not found":                   {nil, "pull a:1", 1, "", "error: ollamadeployments/stack not found\n", nil},
		"refresh of nothing":          {nil, "refresh", 1, "", "error: ollamadeployments/stack not found\n", nil},
		"refresh of an alias": {
			map[string]string{modelsObject: controlled, aliasPath: listed},
			"refresh", 0, shown + "requested a refresh of all models\n", warning,
			[]string{patched + `{"metadata":{"annotations":{"llm.geeper.io/refresh-models":"TIME"}}}`},
		},
		"applied from files": {
			map[string]string{modelsObject: `metadata: {annotations: {argocd.argoproj.io/tracking-id: "x"}}` + listed},
			"pull a:1", 0, shown + "added a:1\n",
			warning + "hint: Argo CD applies this object from files; change the models there, too, or the next apply reverts this change or conflicts with it\n",
			[]string{patched + `{"metadata":{"resourceVersion":"1"},"spec":{"ollama":{"models":["llama2:7b","library/all-minilm:l6","a:1"]}}}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, tc.objects)
			code, out, stderr := run(t, "", append(append([]string{"models", "stack"}, strings.Fields(tc.args)...), flags...)...)
			assert.Equal(t, tc.code, code)
			assert.Equal(t, tc.out, out)
			assert.Equal(t, tc.stderr, stderr)
			assert.Equal(t, tc.patches, withoutTimes(api.patches))
		})
	}
}

// withoutTimes replaces times of RFC 3339.
func withoutTimes(texts []string) []string {
	times := regexp.MustCompile(`[0-9-]{10}T[0-9:]{8}Z`)
	var out []string
	for _, text := range texts {
		out = append(out, times.ReplaceAllString(text, "TIME"))
	}
	return out
}

// A change that conflicts with another is made again. Other errors are printed as they are.
func TestModelsRefused(t *testing.T) {
	t.Parallel()
	const conflict = `{"reason": "Conflict", "code": 409, "message": "the object has been modified"}`
	for name, tc := range map[string]struct {
		refusals    []string
		patches     int
		out, stderr string
	}{
		"conflict":  {[]string{conflict, conflict}, 3, shown + "added a:1\n", warning},
		"conflicts": {slices.Repeat([]string{conflict}, 8), 7, "", "error: the object has been modified\n"},
		"invalid":   {[]string{`{"reason": "Invalid", "code": 422, "message": "spec.ollama.models: must not be empty\u001b"}`}, 1, "", "error: spec.ollama.models: must not be empty\\x1b\n"},
		"forbidden": {[]string{`{"reason": "Forbidden", "code": 403, "message": "no"}`}, 1, "", "error: no\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, map[string]string{modelsObject: listed})
			api.refusals = tc.refusals
			_, out, stderr := run(t, "", append([]string{"models", "stack", "pull", "a:1"}, flags...)...)
			assert.Equal(t, tc.out, out)
			assert.Equal(t, tc.stderr, stderr)
			assert.Len(t, api.patches, tc.patches)
		})
	}
}
