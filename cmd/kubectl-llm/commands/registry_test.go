// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/test/golden"
	"github.com/geeper-io/llm-operator/test/ollama"
)

func newRegistries(t *testing.T) *ollama.PublicRegistry {
	t.Helper()
	models := ollama.NewRegistry(nil)
	models.Add("llama3.2:3b", 2<<30)
	models.Add("user/repo:Q4_K_M", 1<<30)
	models.Refuse("user/private:Q4_K_M", http.StatusUnauthorized)
	registries, err := ollama.NewPublicRegistry(models, t.TempDir())
	require.NoError(t, err)
	t.Cleanup(registries.Close)
	return registries
}

// checkRegistry runs kubectl-llm in a process of its own, because net/http reads the environment once.
func checkRegistry(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return inProcess(t, env, append([]string{"validate", "--check-registry"}, args...)...)
}

// inProcess runs kubectl-llm in a process with more environment.
func inProcess(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(t, os.Args[0], args...)
	cmd.Env = append(cmd.Env, env...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil {
		require.ErrorAs(t, err, &failed)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}

func TestCheckRegistryFormats(t *testing.T) {
	t.Parallel()
	r := newRegistries(t)
	for _, format := range report.Formats {
		t.Run(format.Name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := checkRegistry(t, r.Env(), "testdata/registry.yaml", "-o", format.Name)
			assert.Equal(t, ExitInvalid, code)
			assert.Empty(t, stderr)
			golden.Equal(t, filepath.Join("testdata", "registry", format.Name+".txt"), out)
		})
	}
}

func TestCheckRegistryExitStatus(t *testing.T) {
	t.Parallel()
	r := newRegistries(t)
	there := filepath.Join(t.TempDir(), "there.yaml")
	require.NoError(t, os.WriteFile(there, []byte(`{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "a"},
		"spec": {"ollama": {"models": ["llama3.2:3b", "hf.co/user/repo:Q4_K_M"], "imageTag": "1", "resources": {"limits": {"memory": "3Gi"}, "requests": {"storage": "3Gi"}}}}}`), 0o600))
	const valid = "1 object checked: 0 errors, 0 warnings\n"
	untrusted := there + ":2:34: error: spec.ollama.models[0]: registry.ollama.ai has a certificate of an authority that is not trusted here; name a file with it in SSL_CERT_FILE\n" +
		there + ":2:49: error: spec.ollama.models[1]: hf.co has a certificate of an authority that is not trusted here; name a file with it in SSL_CERT_FILE\n" +
		"1 object checked: 2 errors, 0 warnings\n"
	noProxy := there + ":2:34: error: spec.ollama.models[0]: registry.ollama.ai cannot be reached: the proxy: connect: connection refused\n" +
		there + ":2:49: error: spec.ollama.models[1]: hf.co cannot be reached: the proxy: connect: connection refused\n" +
		"1 object checked: 2 errors, 0 warnings\n"
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, []byte("none\n"), 0o600))
	for name, tc := range map[string]struct {
		env    []string
		code   int
		out    string
		stderr string
	}{
		"all there":                            {nil, 0, valid, ""},
		"unknown authority":                    {[]string{"SSL_CERT_FILE="}, ExitInvalid, untrusted, ""},
		"no file of authorities":               {[]string{"SSL_CERT_FILE=/none"}, ExitUsage, "", "error: SSL_CERT_FILE: open /none: no such file or directory\n"},
		"authorities that are none":            {[]string{"SSL_CERT_FILE=" + empty}, ExitUsage, "", "error: SSL_CERT_FILE: " + empty + " has no certificates\n"},
		"proxy that is away, with credentials": {[]string{"HTTPS_PROXY=http://user:hunter2@127.0.0.1:1"}, ExitInvalid, noProxy, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := checkRegistry(t, append(r.Env(), tc.env...), there)
			assert.Equal(t, tc.code, code)
			assert.Equal(t, tc.out, out)
			assert.Equal(t, tc.stderr, stderr)
		})
	}
}
