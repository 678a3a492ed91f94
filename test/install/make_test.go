// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// Deploying and undeploying preserves OllamaDeployments; only uninstall with confirmation deletes them.
func TestMakeTargets(t *testing.T) {
	c, err := cluster.Start(cluster.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	i := &installation{cluster: c}
	const image = "registry.example.com:5000/operator@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

	i.make(t, "install")
	require.NoError(t, c.WaitForCRDs("crd/ollamadeployments.llm.geeper.io"))
	i.ok(t, object("preserved"), "apply", "-f", "-")

	i.make(t, "deploy", "CONFIG=self-signed", "IMG="+image)
	assert.Equal(t, image, i.ok(t, "", "get", "deployment", "llm-operator-controller-manager", "-n", systemNamespace, "-o", "jsonpath={.spec.template.spec.containers[0].image}"))

	i.make(t, "build-installer", "CONFIG=self-signed", "IMG="+image)
	root, err := cluster.Root()
	require.NoError(t, err)
	installer, err := os.ReadFile(filepath.Join(root, "dist", "install.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(installer), "image: "+image)
	assert.Len(t, objects(t, string(installer)), len(objects(t, kustomize(t, "self-signed"))))

	i.make(t, "undeploy", "CONFIG=self-signed")
	assert.Empty(t, i.ok(t, "", "get", "validatingwebhookconfigurations,mutatingwebhookconfigurations", "-o", "name"))
	assert.Eventually(t, func() bool {
		return i.run(t, "", "get", "clusterrole", "llm-operator-manager-role").Code == 1
	}, patience, tick)
	assert.NotEmpty(t, i.ok(t, "", "get", "ollamadeployment", "preserved", "-o", "name"))

	out, err := i.tryMake("uninstall")
	require.Error(t, err)
	assert.Contains(t, out, "CONFIRM=yes")
	assert.NotEmpty(t, i.ok(t, "", "get", "ollamadeployment", "preserved", "-o", "name"))
	i.make(t, "uninstall", "CONFIRM=yes")
	assert.Equal(t, 1, i.run(t, "", "get", "ollamadeployments").Code)
}

// make runs a make target against the cluster, which has to succeed.
func (i *installation) make(t *testing.T, args ...string) {
	t.Helper()
	out, err := i.tryMake(args...)
	require.NoError(t, err, out)
}

func (i *installation) tryMake(args ...string) (string, error) {
	root, err := cluster.Root()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("make", append([]string{"KUBECTL=" + i.cluster.Kubectl}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "KUBECONFIG="+i.cluster.Kubeconfig, "MAKEFLAGS=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
