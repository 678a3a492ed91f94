// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// The action's script annotates lines and fails as the command does. File names are never executed.
func TestAction(t *testing.T) {
	t.Parallel()
	root, _ := pages(t)
	action := filepath.Join(root, ".github", "actions", "validate")
	odd := filepath.Join(t.TempDir(), "$(touch ran) -x.yaml")
	data, err := os.ReadFile(fixtures.Path("refused.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(odd, data, 0o600))
	models := filepath.Join(t.TempDir(), "models.yaml")
	require.NoError(t, os.WriteFile(models, []byte(`{apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: a}, spec: {ollama: {imageTag: "1", models: ["llama2:7b", "not-found:7b"]}}}`), 0o600))
	team := filepath.Join(t.TempDir(), "team.yaml")
	require.NoError(t, os.WriteFile(team, []byte(`{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {llm.geeper.io/policies: enforced}}}`), 0o600))
	for name, tc := range map[string]struct {
		files  string
		inputs []string
		code   int
		want   string
	}{
		"valid":              {files: fixtures.SamplePath("minimal"), want: "::warning file=" + fixtures.SamplePath("minimal") + ",line=7,col=3,"},
		"warnings as errors": {files: fixtures.SamplePath("minimal"), inputs: []string{"WARNINGS_AS_ERRORS=true"}, code: 1, want: "::warning file="},
		"invalid":            {files: fixtures.SamplePath("minimal") + "\n\n" + odd, code: 1, want: "::error file=" + odd + ",line=7,"},
		"models": {
			files: models, inputs: append(publicRegistry.Env(), "CHECK_REGISTRY=true"), code: 1,
			want: "::error file=" + models + ",line=1,col=136,title=OllamaDeployment a::spec.ollama.models[1]: Not found: \"not-found:7b\": ",
		},
		"policies": {
			files: models, inputs: []string{"POLICY=" + filepath.Join(root, "config", "policies") + "\n" + team}, code: 1,
			want: ",title=OllamaDeployment a::spec.ollama.resources.limits.memory: Required",
		},
		"directory":           {files: filepath.Join(root, "config"), want: "4 objects checked: 0 errors"},
		"no objects":          {files: filepath.Join(root, ".github"), code: 2, want: "no OllamaDeployment found"},
		"no objects, allowed": {files: filepath.Join(root, ".github"), inputs: []string{"ALLOW_EMPTY=true"}, want: "0 objects checked: 0 errors"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(filepath.Join(action, "validate.sh"))
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+action, "RUNNER_TEMP="+t.TempDir(),
				"FILES="+tc.files, "WARNINGS_AS_ERRORS=false", "ALLOW_EMPTY=false", "ALLOW_HOST_PATH=false", "CHECK_REGISTRY=false", "POLICY=")
			cmd.Env = append(cmd.Env, tc.inputs...)
			out, _ := cmd.CombinedOutput()
			assert.Equal(t, tc.code, cmd.ProcessState.ExitCode(), string(out))
			assert.Contains(t, string(out), tc.want)
			assert.NoFileExists(t, filepath.Join(cmd.Dir, "ran"))
		})
	}
}

// The inputs and hooks in docs/ci.md exist.
func TestCIConfigurations(t *testing.T) {
	t.Parallel()
	root, _ := pages(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "ci.md"))
	require.NoError(t, err)

	var action struct {
		Inputs map[string]any `json:"inputs"`
		Runs   struct {
			Steps []struct {
				Env map[string]string `json:"env"`
				Run string            `json:"run"`
			} `json:"steps"`
		} `json:"runs"`
	}
	used := regexp.MustCompile(`uses: geeper-io/llm-operator/(\S+)@`).FindStringSubmatch(string(text))
	require.NotNil(t, used)
	load(t, filepath.Join(root, used[1], "action.yml"), &action)
	_, with, found := strings.Cut(string(text), "        with:\n")
	require.True(t, found)
	with, _, _ = strings.Cut(with, "```")
	for _, match := range regexp.MustCompile(`(?m)^ {10}([a-z-]+):`).FindAllStringSubmatch(with, -1) {
		assert.Contains(t, action.Inputs, match[1])
	}
	for _, step := range action.Runs.Steps {
		assert.NotContains(t, step.Run, "${{", "inputs are never part of a script")
	}

	var hooks []struct{ ID, Entry, Language string }
	load(t, filepath.Join(root, ".pre-commit-hooks.yaml"), &hooks)
	require.Len(t, hooks, 1)
	assert.Contains(t, string(text), "- id: "+hooks[0].ID)
	// pre-commit appends the files to the entry.
	entry := strings.Fields(hooks[0].Entry)
	require.Equal(t, filepath.Base(plugin), entry[0])
	out, err := exec.Command(plugin, append(entry[1:], fixtures.SamplePath("minimal"), filepath.Join(root, ".golangci.yml"))...).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "1 object checked: 0 errors")
	out, err = exec.Command(plugin, append(entry[1:], filepath.Join(root, ".golangci.yml"))...).CombinedOutput()
	require.NoError(t, err, "a commit without manifests: %s", out)
}

func load(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, into))
}
