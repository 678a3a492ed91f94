// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// policed has an OllamaDeployment that policies refuse.
const policed = `apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata:
  name: stack
spec:
  ollama:
    imageTag: 0.32.15
    models:
      - llama3.2:3b
      - hf.co/me/model:7b
    resources: {limits: {memory: 8Gi}}
`

// inEnforced is a namespace in which the policies hold.
const inEnforced = "{apiVersion: v1, kind: Namespace, metadata: {name: enforced, labels: {llm.geeper.io/policies: enforced}}}"

func TestValidatePolicies(t *testing.T) {
	t.Parallel()
	namespace := filepath.Join(t.TempDir(), "namespace.yaml")
	require.NoError(t, os.WriteFile(namespace, []byte(inEnforced), 0o600))
	policies := []string{"validate", "-", "--policy", fixtures.PoliciesPath(), "--policy", namespace}
	const violation = "-:10:9: error: spec.ollama.models[1]: Forbidden: hf.co is not one of the registries that the cluster's administrator allows: registry.ollama.ai (policy model-registries.llm.geeper.io)\n"
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("a: ["), 0o600))
	odd := filepath.Join(t.TempDir(), `a,b "c".yaml`)
	require.NoError(t, os.WriteFile(odd, []byte(inEnforced), 0o600))
	testExit(t, map[string]exitCase{
		"in a namespace without policies": {policed, policies, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"in the namespace of the flag":    {policed, append(policies, "-n", "enforced"), 1, violation + "1 object checked: 1 error, 0 warnings\n", ""},
		"a file with an odd name":         {policed, []string{"validate", "-", "--policy", fixtures.PoliciesPath(), "--policy", odd, "-n", "enforced"}, 1, violation + "1 object checked: 1 error, 0 warnings\n", ""},
		"in the object's namespace":       {strings.Replace(policed, "name: stack", "namespace: enforced\n  name: stack", 1), policies, 1, strings.Replace(violation, "10:", "11:", 1) + "1 object checked: 1 error, 0 warnings\n", ""},
		"an allowed object":               {strings.Replace(policed, "hf.co/", "", 1), append(policies, "-n", "enforced"), 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"an invalid object":               {strings.Replace(policed, "model:7b", "model", 1), append(policies, "-n", "enforced"), 1, "-:10:9: error: spec.ollama.models[1]: Invalid value: \"hf.co/me/model\": has no tag; write it as \"model:tag\"; did you mean \"hf.co/me/model:latest\"?\n1 object checked: 1 error, 0 warnings\n", ""},
		"no policies":                     {policed, []string{"validate", "-", "--policy", namespace}, ExitUsage, "", "error: no ValidatingAdmissionPolicyBinding found; policies have no effect without\n"},
		"a file that cannot be parsed":    {policed, []string{"validate", "-", "--policy", broken}, ExitUsage, "", ""},
		"a file that does not exist":      {policed, []string{"validate", "-", "--policy", "none.yaml"}, ExitUsage, "", "error: none.yaml: no such file or directory\n"},
	})
}

// As an update, an object without a namespace has that of the stored one, or else that of the cluster's configuration.
func TestValidatePoliciesAgainst(t *testing.T) {
	t.Parallel()
	namespace := writeFile(t, inEnforced)
	earlier := writeFile(t, strings.NewReplacer("name: stack", "namespace: enforced\n  name: stack", "hf.co/", "").Replace(policed))
	policies := []string{"validate", "-", "--policy", fixtures.PoliciesPath(), "--policy", namespace, "--against"}
	code, out, stderr := run(t, policed, append(policies, earlier)...)
	assert.Equal(t, ExitInvalid, code, stderr)
	assert.Contains(t, out, "spec.ollama.models[1]: Forbidden: hf.co is not one of the registries")

	api, flags := newFakeAPI(t, nil)
	config := writeFile(t, fmt.Sprintf("{apiVersion: v1, kind: Config, clusters: [{name: a, cluster: {server: %q}}], "+
		"contexts: [{name: a, context: {cluster: a, namespace: enforced}}], current-context: a}", flags[3]))
	code, out, stderr = run(t, policed, append(policies, againstCluster, "--kubeconfig", config)...)
	assert.Equal(t, ExitInvalid, code, stderr)
	assert.Contains(t, out, "spec.ollama.models[1]: Forbidden: hf.co is not one of the registries")
	assert.Empty(t, api.patches)
}

// Standard input is read by one flag only.
func TestStandardInputOnce(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"plan", "-f", "-", "--against", "-"},
		{"plan", "-f", "-", "-f", "-"},
		{"validate", "-", "--against", "-"},
		{"validate", "-f", "-", "--policy", "-"},
		{"validate", "none.yaml", "--against", "-", "--policy", "-"},
	} {
		code, out, stderr := run(t, earlierStack, args...)
		assert.Equal(t, ExitUsage, code, args)
		assert.Empty(t, out)
		assert.Equal(t, "error: standard input (-) can be read only once\n", stderr)
	}
}

func TestPolicyFindings(t *testing.T) {
	t.Parallel()
	for message, path := range map[string]string{
		"spec.ollama.models[1]: Forbidden: a":                      "spec.ollama.models[1]",
		"spec: Forbidden: a":                                       "spec",
		"metadata.labels[a/b.c]: Required value":                   "metadata.labels[a/b.c]",
		"specification: is no path":                                "",
		"must not be: spec":                                        "",
		"expression 'object.spec.x == 1' resulted in error: no":    "",
		"spec.ollama.resources.limits.memory: Required value: set": "spec.ollama.resources.limits.memory",
	} {
		match := startsWithPath.FindStringSubmatch(message)
		if path == "" {
			assert.Nil(t, match, message)
			continue
		}
		if assert.NotNil(t, match, message) {
			assert.Equal(t, path, match[1])
		}
	}
}
