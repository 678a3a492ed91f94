// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A testCluster is a control plane with two replicas of the operator. It is a program of its own, because this module does
// not import the operator.
type testCluster struct {
	Kubectl    string
	Kubeconfig string
	Managers   []struct{ Name, Metrics string }
}

// startCluster starts a cluster that ends with the test. The test is skipped if there is no control plane, unless
// LLM_OPERATOR_REQUIRE_CLUSTER is set.
func startCluster(t *testing.T) *testCluster {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(root, "bin", "k8s", "kwok.yaml")); err != nil && os.Getenv("LLM_OPERATOR_REQUIRE_CLUSTER") == "" {
		t.Skip(`the control plane is not built; run "make k8s"`)
	}
	cmd := exec.Command("go", "run", "./test/cluster/cmd/cluster", "run")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe() // the cluster ends with it, also if this process is killed
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, stdin.Close())
		require.NoError(t, cmd.Wait(), stderr.String())
	})
	c := &testCluster{}
	require.NoError(t, json.NewDecoder(stdout).Decode(c), "the cluster has not started")
	require.Len(t, c.Managers, 2)
	return c
}

// kubectl runs kubectl and returns its output.
func (c *testCluster) kubectl(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.Kubectl, append([]string{"--kubeconfig", c.Kubeconfig}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// scrapeJob is the job of the operator with the ServiceMonitor of config/prometheus.
const scrapeJob = "llm-operator-metrics-service"

// scrape starts a Prometheus that scrapes the replicas until the test ends, with the labels of the ServiceMonitor.
func (c *testCluster) scrape(t *testing.T) *Server {
	t.Helper()
	var configuration strings.Builder
	fmt.Fprintf(&configuration, "scrape_configs:\n- job_name: %s\n  honor_labels: true\n  scrape_interval: %s\n  scrape_timeout: %[2]s\n  static_configs:\n", scrapeJob, scrapeInterval)
	for _, manager := range c.Managers {
		fmt.Fprintf(&configuration, "  - targets: [%q]\n    labels: {namespace: llm-operator-system, pod: %s}\n", manager.Metrics, manager.Name)
	}
	server, err := StartServer(configuration.String(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}
