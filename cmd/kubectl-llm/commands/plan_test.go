// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/planned"
	"github.com/geeper-io/llm-operator/test/golden"
)

// earlierStack and laterStack are two versions of one manifest.
const (
	stackHead    = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\n"
	earlierStack = stackHead + `spec:
  ollama: {imageTag: "0.12.0", models: ["llama2:7b"], resources: {limits: {memory: 8Gi}, requests: {storage: 20Gi}}}
  openwebui: {enabled: true, imageTag: "0.6.0", ingress: {enabled: true, host: a.example.com}}
`
)

var laterStack = strings.NewReplacer("0.12.0", "0.13.0", "a.example.com", "b.example.com", `["llama2:7b"]`, `["llama2:7b", "phi3:mini"]`, "20Gi", "30Gi").Replace(earlierStack)

// writeFile writes a file in a new directory and returns its path.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "earlier.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestPlanAgainstFile(t *testing.T) {
	t.Parallel()
	earlier := writeFile(t, earlierStack)
	for _, format := range planned.Formats {
		t.Run(format.Name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, laterStack, "plan", "-f", "-", "--against", earlier, "-o", format.Name, "--diff")
			assert.Equal(t, 1, code, stderr)
			assert.Empty(t, stderr)
			golden.Equal(t, filepath.Join("testdata", "plan", format.Name+".txt"), out)
		})
	}
}

func TestPlanExitStatus(t *testing.T) {
	t.Parallel()
	earlier := writeFile(t, earlierStack)
	other := "apiVersion: v1\nkind: ConfigMap\n"
	created := "OllamaDeployment stack: created\n  pods:\n    Ollama starts with 1 pod\n  models:\n    llama2:7b is pulled\n  addresses:\n    Ollama gets http://stack-ollama:11434\n" +
		"  children:\n    ConfigMap stack-ollama is created\n    Service stack-ollama is created\n    Deployment stack-ollama is created\n"
	against := func(args ...string) []string {
		return append([]string{"plan", "-f", "-", "--against", earlier}, args...)
	}
	testExit(t, map[string]exitCase{
		"nothing changes":       {earlierStack, against(), 0, "OllamaDeployment stack: no changes\n", ""},
		"with a namespace":      {strings.Replace(earlierStack, "name: stack", "name: stack, namespace: models", 1), against(), 0, "OllamaDeployment models/stack: no changes\n", ""},
		"something changes":     {laterStack, against(), 1, "", ""},
		"another object is new": {strings.Replace(earlierStack, "name: stack", "name: other", 1), against("-o", "json"), 1, "", ""},
		"nothing was there":     {stackHead + "spec: {ollama: {imageTag: \"1\", models: [\"llama2:7b\"]}}\n", []string{"plan", "-f", "-", "--against", writeFile(t, "")}, 1, created, ""},
		"refused": {
			strings.Replace(earlierStack, "20Gi", "10Gi", 1), against(), 2, "",
			"-:5:110: error: spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 20Gi, because a PersistentVolumeClaim can only grow\n1 object checked: 1 error, 0 warnings\n",
		},
		"refused beside another": {strings.Replace(earlierStack, "20Gi", "10Gi", 1) + "---\n" + strings.Replace(earlierStack, "name: stack", "name: other", 1), against("-o", "github"), 2, "", ""},
		"parse error":            {"a: [", against(), 2, "", "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n"},
		"other kinds only":       {other, against(), 2, "", "error: no OllamaDeployment found; use --allow-empty to allow that\n"},
		"other kinds, allowed":   {other, against("--allow-empty"), 0, "", ""},
		"no file":                {"", []string{"plan", "-f", "none.yaml", "--against", earlier}, 2, "", "error: none.yaml: no such file or directory\n"},
		"no file to compare":     {laterStack, []string{"plan", "-f", "-", "--against", "none.yaml"}, 2, "", "error: none.yaml: no such file or directory\n"},
		"no cluster":             {laterStack, []string{"plan", "-f", "-", "--kubeconfig", "none"}, 2, "", ""},
	})
}

func TestPlanUsage(t *testing.T) {
	t.Parallel()
	empty := writeFile(t, "kind: A\n")
	broken := writeFile(t, "a: [")
	twice := writeFile(t, strings.Replace(earlierStack, "name: stack", "name: stack, namespace: a", 1)+"---\n"+strings.Replace(earlierStack, "name: stack", "name: stack, namespace: b", 1))
	testExit(t, map[string]exitCase{
		"nothing to plan":           {"", []string{"plan"}, 2, "", "error: nothing to plan; use -f FILE, -f - for standard input, or \"kubectl llm plan NAME\"\n"},
		"a file and a name":         {"", []string{"plan", "-f", "a.yaml", "stack"}, 2, "", "error: either files or a name can be planned, but got -f and \"stack\"\n"},
		"a name and a file":         {"", []string{"plan", "stack", "--against", "a.yaml"}, 2, "", "error: --against FILE requires -f\n"},
		"a name, server-side":       {"", []string{"plan", "stack", "--server-side"}, 2, "", "error: --server-side requires -f\n"},
		"server-side, with a file":  {"", []string{"plan", "-f", "-", "--server-side", "--against", "a.yaml"}, 2, "", "error: --server-side requires --against cluster: only the API server knows the fields of other managers\n"},
		"force without server-side": {"", []string{"plan", "-f", "-", "--force-conflicts"}, 2, "", "error: --force-conflicts requires --server-side\n"},
		"unknown format":            {"", []string{"plan", "-f", "-", "-o", "xml"}, 2, "", "error: unknown output format \"xml\", must be one of [\"text\" \"json\" \"markdown\" \"github\"]\n"},
		"nothing to compare with":   {laterStack, []string{"plan", "-f", "-", "--against", empty}, 2, "", "error: " + empty + " has no OllamaDeployment\n"},
		"what cannot be parsed":     {laterStack, []string{"plan", "-f", "-", "--against", broken}, 2, "", "error: " + broken + ":1:1: did not find expected node content\n"},
		"ambiguous":                 {laterStack, []string{"plan", "-f", "-", "--against", twice}, 2, "", "error: " + twice + " has more than one OllamaDeployment stack; write the namespace\n"},
		"one of two namespaces":     {earlierStack, []string{"plan", "-f", "-", "--against", twice, "-n", "a"}, 0, "OllamaDeployment a/stack: no changes\n", ""},
	})
}

// An object of the deprecated kind is planned as the OllamaDeployment that the operator maintains for it.
func TestPlanAliasAgainstFile(t *testing.T) {
	t.Parallel()
	alias := func(text string) string {
		return strings.Replace(text, "kind: OllamaDeployment", "kind: Deployment", 1)
	}
	earlier := writeFile(t, alias(earlierStack))
	_, want, _ := run(t, laterStack, "plan", "-f", "-", "--against", writeFile(t, earlierStack))
	code, out, stderr := run(t, alias(laterStack), "plan", "-f", "-", "--against", earlier)
	assert.Equal(t, 1, code, stderr)
	assert.Equal(t, want, out)
}

func TestValidateAgainstFile(t *testing.T) {
	t.Parallel()
	stored := writeFile(t, stackHead+"spec: {ollama: {imageTag: \"1\", models: [llama2], resources: {limits: {memory: 8Gi}, requests: {storage: 20Gi}}}}\n")
	args := []string{"validate", "-f", "-", "--against", stored}
	testExit(t, map[string]exitCase{
		"an error that is stored": {
			stackHead + "spec: {ollama: {imageTag: \"2\", models: [llama2], resources: {limits: {memory: 8Gi}, requests: {storage: 20Gi}}}}\n", args, 0,
			"-:4:41: warning: spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"? (tolerated, because the stored object has it too)\n1 object checked: 0 errors, 1 warning\n", "",
		},
		"an update that is not allowed": {
			stackHead + "spec: {ollama: {imageTag: \"2\", models: [\"llama2:7b\"], resources: {limits: {memory: 8Gi}, requests: {storage: 10Gi}}}}\n", args, 1,
			"-:4:110: error: spec.ollama.resources.requests[storage]: Forbidden: must not shrink below 20Gi, because a PersistentVolumeClaim can only grow\n1 object checked: 1 error, 0 warnings\n", "",
		},
		"an object that is new": {
			strings.Replace(stackHead, "stack", "other", 1) + "spec: {ollama: {imageTag: \"2\", models: [llama2], resources: {limits: {memory: 8Gi}}}}\n", args, 1, "", "",
		},
	})
}

// The registries tell the sizes of models that are pulled, and a note says which they do not tell.
func TestPlanSizes(t *testing.T) {
	t.Parallel()
	r := newRegistries(t)
	models := func(names string) string {
		return stackHead + "spec: {ollama: {imageTag: \"1\", models: [" + names + "], resources: {limits: {memory: 8Gi}}}}\n"
	}
	earlier, later := writeFile(t, models(`"llama2:7b"`)), writeFile(t, models(`"llama2:7b", "llama3.2:3b", "none:1", "hf.co/user/private:Q4_K_M"`))
	code, out, stderr := inProcess(t, r.Env(), "plan", "-f", later, "--against", earlier, "--check-registry")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "  models:\n    llama3.2:3b is pulled (2.1 GB)\n    none:1 is pulled\n    hf.co/user/private:Q4_K_M is pulled\n")
	assert.Equal(t, "note: the size of none:1 is not known: Not found: \"none:1\": registry.ollama.ai has no such model or tag\n"+
		"note: the size of hf.co/user/private:Q4_K_M is not known: hf.co denies access to the model (401): it is private, or does not exist; "+
		"Ollama has no passwords, so register the public key of its pods there\n", stderr)
}
