// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bundle makes the bundle of a snapshot of the checkout and returns its directory.
func bundle(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "release")
	cmd := exec.Command("go", "run", "./hack/release", "-version=v0.1.0", "-snapshot", "-only=bundle", "-out="+out)
	cmd.Dir = filepath.Join("..", "..")
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, string(text))
	return filepath.Join(out, "bundle")
}

// removedAPI matches what the library names: resources of rules.
var removedAPI = regexp.MustCompile(`(\w+): \(\["ClusterServiceVersion\.Spec\.InstallStrategy`)

// namesOf returns the removed APIs that a warning names.
func namesOf(warning string) (names []string) {
	for _, match := range removedAPI.FindAllStringSubmatch(warning, -1) {
		names = append(names, match[1])
	}
	return names
}

func TestBundle(t *testing.T) {
	t.Parallel()
	dir := bundle(t)
	problems, warnings, err := validate(dir)
	require.NoError(t, err)
	assert.Empty(t, problems)
	require.Len(t, warnings, 2)
	// An example of the deprecated kind would invite its use.
	assert.Contains(t, warnings[0], "Kind=Deployment: provided API should have an example annotation")
	// The rules of roles have no versions, so the library cannot know that the removed ones are not used. It names them in
	// any order.
	assert.Contains(t, warnings[1], "Migrate the API(s) for ")
	assert.ElementsMatch(t, []string{"events", "horizontalpodautoscalers", "poddisruptionbudgets"}, namesOf(warnings[1]))

	path := filepath.Join(dir, "manifests", "llm-operator.clusterserviceversion.yaml")
	version, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, tc := range map[string]struct{ old, replacement string }{
		"without install modes": {"installModes:", "otherModes:"},
		"without a CRD":         {"      kind: OllamaDeployment\n", "      kind: Other\n"},
	} {
		broken := bytes.Replace(version, []byte(tc.old), []byte(tc.replacement), 1)
		require.NotEqual(t, version, broken)
		require.NoError(t, os.WriteFile(path, broken, 0o600))
		problems, _, err := validate(dir)
		require.NoError(t, err)
		assert.NotEmpty(t, problems, name)
	}
}
