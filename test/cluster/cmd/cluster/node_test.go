// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
	"github.com/geeper-io/llm-operator/test/node"
)

// script is what a person types into the shell.
const script = `
kubectl apply -f config/samples/minimal.yaml
kubectl wait --for=condition=Ready ollamadeployment/minimal-ollama --timeout=2m || exit
kubectl exec deployment/minimal-ollama-ollama -c ollama -- ollama list
kubectl llm status minimal-ollama
tr '\0' '\n' </proc/1/environ | grep ^LLM_OPERATOR_SANDBOX_KEEPER=
sleep 1000 &
exit 0
`

// A shell beside a real node serves a sample, and leaves nothing when it has ended.
func TestUpWithRealNode(t *testing.T) {
	missing, err := node.Missing()
	require.NoError(t, err)
	if missing != "" {
		require.Empty(t, os.Getenv("LLM_OPERATOR_REQUIRE_NODE"), missing)
		t.Skip(missing)
	}
	root, err := cluster.Root()
	require.NoError(t, err)
	before := machine(t, root)
	cmd := exec.Command("make", "--no-print-directory", "up", "NODE=real")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "SHELL=/bin/sh")
	cmd.Stdin = strings.NewReader(script)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s%s", out, &stderr)

	assert.Contains(t, string(out), "kubectl apply -f config/samples/minimal.yaml")
	assert.Regexp(t, `(?m)^llama2:7b +[0-9a-f]{12} +3.0 MB`, string(out))
	assert.Contains(t, string(out), "default/minimal-ollama: Ready, 1/1 pods ready")
	assert.Equal(t, before, machine(t, root))
	keeper := regexp.MustCompile(`(?m)^LLM_OPERATOR_SANDBOX_KEEPER=(\d+)$`).FindStringSubmatch(string(out))
	require.NotNil(t, keeper, string(out))
	for _, pattern := range []string{"/sys/fs/cgroup/*-node-" + keeper[1], "/sys/fs/cgroup/*/*-node-" + keeper[1], "/proc/" + keeper[1]} {
		left, err := filepath.Glob(pattern)
		require.NoError(t, err)
		assert.Empty(t, left)
	}
}

// machine returns what a node changes outside of its namespaces: the mounts, the sysctls of the kubelet, and
// the programs of the project that are running.
func machine(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range []string{
		"/proc/self/mounts", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/panic", "/proc/sys/kernel/panic_on_oops",
		"/proc/sys/net/ipv4/ip_forward",
	} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		found[file] = string(data)
	}
	programs, err := filepath.Glob("/proc/[0-9]*/exe")
	require.NoError(t, err)
	for _, program := range programs {
		if path, err := os.Readlink(program); err == nil && strings.HasPrefix(path, filepath.Join(root, "bin")+"/") {
			found[program] = path
		}
	}
	return found
}
