// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// runPlugin runs kubectl-llm, asserts that it succeeds, and returns its output.
func runPlugin(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command(plugin, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%v: %s", args, stderr.String())
	return stdout.String()
}

// Applying the output of "render" over the operator's children changes nothing.
func TestRenderMatchesCluster(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			yaml, name := inNamespace(t, k, sample)
			k.apply(t, yaml)
			k.ready(t, name)
			children := runPlugin(t, yaml, "render", "-f", "-")
			assert.Contains(t, children, "kind: Deployment\n")
			k.noDiff(t, children, "--server-side", "--field-manager=other", "--force-conflicts")
		})
	}
}

// The output of "default" is what the cluster stores.
func TestDefaultMatchesCluster(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			k := newKubectl(t)
			for _, path := range []string{fixtures.SamplePath(sample), fixtures.ReferencePath(sample)} {
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				yaml := strings.NewReplacer("namespace: default", "namespace: "+k.namespace, "namespace: ai-models", "namespace: "+k.namespace).Replace(string(data))
				stored := fixtures.Parse(t, k.ok(t, yaml, "create", "--dry-run=server", "-f", "-", "-o", "yaml"))
				printed := fixtures.Parse(t, runPlugin(t, yaml, "default", "-f", "-"))
				assert.Equal(t, stored.Spec, printed.Spec)
			}
		})
	}
}

// The migrated examples of the reference are accepted without deprecation warnings.
func TestMigrateMatchesCluster(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	for _, sample := range fixtures.Samples() {
		data, err := os.ReadFile(fixtures.ReferencePath(sample))
		require.NoError(t, err)
		yaml := strings.NewReplacer("namespace: default", "namespace: "+k.namespace, "namespace: ai-models", "namespace: "+k.namespace).Replace(string(data))
		before := k.run(t, yaml, "apply", "--dry-run=server", "-f", "-")
		after := k.run(t, runPlugin(t, yaml, "migrate", "-f", "-"), "apply", "--dry-run=server", "-f", "-")
		assert.Zero(t, after.Code, after.Stderr)
		assert.NotContains(t, after.Stderr, "deprecated")
		assert.Equal(t, sample != "minimal", strings.Contains(before.Stderr, "deprecated"), sample)
	}
}

// A buffer can be read while a program writes to it.
type buffer struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.String()
}

// "status" prints the current status, and with --watch every change until it is interrupted.
func TestStatus(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	flags := []string{"--kubeconfig", shared.Kubeconfig, "--namespace", k.namespace}
	out, err := exec.Command(plugin, append([]string{"status", "stack"}, flags...)...).CombinedOutput()
	require.Error(t, err)
	assert.Equal(t, "error: ollamadeployments.llm.geeper.io \"stack\" not found\n", string(out))

	k.apply(t, aliased)
	// The operator creates the OllamaDeployment, and kubectl waits for no condition of what
	// does not exist yet.
	k.ok(t, "", "wait", "--for=create", "ollamadeployment/stack", "--timeout="+patience.String())
	k.ready(t, "stack")
	assert.Contains(t, runPlugin(t, "", append([]string{"status", "stack"}, flags...)...), k.namespace+"/stack: Ready, 2/2 pods ready\n")

	var printed buffer
	cmd := exec.Command(plugin, append([]string{"status", "stack", "--watch"}, flags...)...)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	k.ok(t, "", "scale", "deployments.llm.geeper.io/stack", "--replicas=2")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Contains(c, printed.String(), k.namespace+"/stack: Ready, 3/3 pods ready\n")
	}, patience, tick)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), printed.String())
}
