// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// event returns an object of generation 2 with the models, for a watch.
func event(list, status string) string {
	return "metadata: {resourceVersion: \"9\", generation: 2}\nspec: {ollama: {models: " + list + "}}\nstatus: {observedGeneration: 2, " + status + "}"
}

func TestModelsWait(t *testing.T) {
	t.Parallel()
	const (
		list     = `["llama2:7b", "a:1", "b:1"]`
		added    = shown + "added a:1\n"
		notFound = "pull model manifest: file does not exist"
		pulling  = `models: [{name: "a:1", phase: Pulling, progress: 5%}]`
		pulled   = `models: [{name: "a:1", phase: Pulled}]`
	)
	for name, tc := range map[string]struct {
		args        string
		events      []string
		code        int
		out, stderr string
	}{
		"pulled": {
			"pull a:1",
			[]string{
				strings.Replace(event(list, pulled), "observedGeneration: 2", "observedGeneration: 1", 1),
				event(list, `models: [{name: "a:1", phase: Pending}]`), event(list, pulling), event(list, strings.Replace(pulling, "5%", "9%", 1)),
				event(list, strings.Replace(pulling, "5%", "41%", 1)), event(list, strings.Replace(pulling, "5%", "47%", 1)), event(list, pulled),
			},
			0, added + "a:1: Pending\na:1: Pulling 5%\na:1: Pulling 41%\na:1: Pulled\n", "",
		},
		"not found": {
			"pull a:1 b:1",
			[]string{
				event(list, `models: [{name: "a:1", phase: Failed, message: "`+notFound+` (pod x)"}, {name: "b:1", phase: Pulling, progress: 1%}]`),
				event(list, `models: [{name: "a:1", phase: Failed, message: "`+notFound+` (pod x)"}, {name: "b:1", phase: Pulled}]`),
			},
			1, added + shown + "added b:1\na:1: Failed: " + notFound + " (pod x)\nb:1: Pulling 1%\nb:1: Pulled\n", "error: a:1: " + notFound + " (pod x)\n",
		},
		"failure that is tried again": {
			"pull a:1",
			[]string{event(list, `models: [{name: "a:1", phase: Failed, message: "i/o timeout\e[2J"}]`), event(list, pulled)},
			0, added + "a:1: Failed: i/o timeout\\x1b[2J\na:1: Pulled\n", "",
		},
		"removed meanwhile": {"pull a:1", []string{event(`["llama2:7b"]`, "models: []")}, 1, added, "error: a:1 was removed from the list meanwhile\n"},
		"removed": {
			"rm llama2:7b",
			[]string{event(`["a:1"]`, `removedModels: [{name: "llama2:7b"}]`), event(`["a:1"]`, "models: []")},
			0, shown + "removed llama2:7b\nllama2:7b: still to be deleted from the pods\nllama2:7b: deleted\n", "",
		},
		"added again": {"rm llama2:7b", []string{event(list, "models: []")}, 1, shown + "removed llama2:7b\n", "error: llama2:7b was added to the list again meanwhile\n"},
		"timeout": {
			"pull a:1 --timeout=2s",
			[]string{event(list, pulling)},
			1,
			added + "a:1: Pulling 5%\n", "error: timed out after 2s; the operator goes on. a:1: Pulling 5%\n",
		},
		"timeout of rm": {
			"rm llama2:7b --timeout=2s",
			[]string{event(`["a:1"]`, `removedModels: [{name: "llama2:7b"}]`)},
			1,
			shown + "removed llama2:7b\nllama2:7b: still to be deleted from the pods\n",
			"error: timed out after 2s; the operator goes on. llama2:7b: still to be deleted\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, map[string]string{modelsObject: listed})
			api.events, api.open = tc.events, true
			code, out, stderr := run(t, "", append(append([]string{"models", "stack"}, strings.Fields("--wait --timeout=30s "+tc.args)...), flags...)...)
			assert.Equal(t, tc.code, code)
			assert.Equal(t, tc.out, out)
			assert.Equal(t, warning+tc.stderr, stderr)
		})
	}
}

// A refresh waits for the time that it has requested, and not for a model that cannot be pulled.
func TestModelsWaitForRefresh(t *testing.T) {
	t.Parallel()
	const annotated = `{metadata: {resourceVersion: "9", annotations: {llm.geeper.io/refresh-models: "2"}}, spec: {ollama: {models: ["a:1"]}}, status: `
	for name, tc := range map[string]struct {
		events []string
		code   int
		stderr string
	}{
		"refreshed": {[]string{annotated + `{lastModelRefresh: "1"}}`, annotated + `{lastModelRefresh: "2"}}`}, 0, ""},
		"not updated": {
			[]string{annotated + `{lastModelRefresh: "2", models: [{name: "a:1", phase: Pulled, message: "the update failed: no (pod x)"}]}}`},
			1, "error: a:1: the update failed: no (pod x)\n",
		},
		"failed": {
			[]string{annotated + `{models: [{name: "a:1", phase: Failed, message: "invalid model name (pod x)"}]}}`},
			1, "error: a:1: invalid model name (pod x)\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, flags := newFakeAPI(t, map[string]string{modelsObject: listed})
			api.events, api.open = tc.events, true
			code, _, stderr := run(t, "", append([]string{"models", "stack", "refresh", "--wait", "--timeout=30s"}, flags...)...)
			assert.Equal(t, tc.code, code)
			assert.Equal(t, warning+tc.stderr, stderr)
		})
	}
}

// An alias is watched itself: its status has its own generation.
func TestModelsWaitForAlias(t *testing.T) {
	t.Parallel()
	api, flags := newFakeAPI(t, map[string]string{modelsObject: controlled, aliasPath: listed})
	api.events = []string{event(`["llama2:7b", "a:1"]`, `models: [{name: "a:1", phase: Pulled}]`)}
	code, out, stderr := run(t, "", append([]string{"models", "stack", "pull", "a:1", "--wait", "--timeout=30s"}, flags...)...)
	assert.Zero(t, code, stderr)
	assert.Equal(t, "deployment.llm.geeper.io/stack: added a:1\na:1: Pulled\n", out)
}
