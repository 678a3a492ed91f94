// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
)

// Timeout and interval of polling the cluster.
const (
	patience = 60 * time.Second
	tick     = 100 * time.Millisecond
)

// systemNamespace is the namespace of the operator.
const systemNamespace = "llm-operator-system"

// An installation is a cluster with the operator.
type installation struct {
	cluster *cluster.Cluster
	client  client.Client
	nodes   []*node
	// prefix is the prefix of the names of the operator's objects.
	prefix string
}

// install applies the manifests to a new cluster, runs the manager's pods and waits until admission
// works. The names of all objects have the prefix.
func install(t *testing.T, prefix, manifests string) *installation {
	t.Helper()
	c, err := cluster.Start(cluster.Options{})
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			showLogs(t, c)
		}
		require.NoError(t, c.Stop())
	})
	scheme := runtime.NewScheme()
	require.NoError(t, clientgoscheme.AddToScheme(scheme))
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	i := &installation{cluster: c, prefix: prefix}
	i.client, err = client.New(c.Config, client.Options{Scheme: scheme})
	require.NoError(t, err)
	if strings.Contains(manifests, "cert-manager.io/") {
		i.runCertManager(t)
	}
	// Without --server-side, kubectl has to fit each CRD into an annotation.
	i.ok(t, manifests, "apply", "--validate=strict", "-f", "-")

	// Pod Security and the quota of the namespace have to admit the pods.
	deployment := &appsv1.Deployment{}
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		assert.NoError(ct, i.client.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: prefix + "controller-manager"}, deployment))
		assert.Equal(ct, int32(2), deployment.Status.AvailableReplicas, "%v", deployment.Status.Conditions)
	}, patience, tick)
	for n := range 2 {
		i.nodes = append(i.nodes, i.addNode(t, n, deployment))
	}
	i.startProxy(t)
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		r := i.run(t, object("probe"), "create", "--dry-run=server", "-f", "-")
		assert.Zero(ct, r.Code, r.Stderr)
	}, patience, tick)
	return i
}

// showLogs prints the ends of the logs of the manager and cert-manager.
func showLogs(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for _, name := range []string{"cert-manager", "manager-0", "manager-1"} {
		const maxBytes = 3000
		data, err := os.ReadFile(c.Log(name))
		if err == nil {
			t.Logf("the log of %s:\n%s", name, data[max(0, len(data)-maxBytes):])
		}
	}
}

// runCertManager installs and runs cert-manager.
func (i *installation) runCertManager(t *testing.T) {
	t.Helper()
	crds, err := i.cluster.Binary("cert-manager-crds.yaml")
	require.NoError(t, err)
	i.ok(t, "", "apply", "--server-side", "-f", crds)
	require.NoError(t, i.cluster.WaitForCRDs("crd/certificates.cert-manager.io", "crd/issuers.cert-manager.io"))
	i.ok(t, "", "create", "namespace", "cert-manager")
	program, err := i.cluster.Binary("cert-manager")
	require.NoError(t, err)
	require.NoError(t, i.cluster.StartProgram("cert-manager", program, "--kubeconfig="+i.cluster.Kubeconfig))
}

// object returns a minimal OllamaDeployment.
func object(name string) string {
	return `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: ` + name + `}
spec: {ollama: {models: ["llama2:7b"]}}
`
}

// run runs kubectl.
func (i *installation) run(t *testing.T, stdin string, args ...string) cluster.Result {
	t.Helper()
	r, err := i.cluster.RunKubectl(stdin, args...)
	require.NoError(t, err)
	return r
}

// ok runs kubectl, which has to succeed, and returns its standard output.
func (i *installation) ok(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := i.run(t, stdin, args...)
	require.Zero(t, r.Code, "kubectl %s: %s", strings.Join(args, " "), r.Stderr)
	return r.Stdout
}
