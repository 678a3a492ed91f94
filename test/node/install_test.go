// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/node"
)

// The manifests with cert-manager, which the tests start with, and the chart with certificates of the
// operator, which the other tests then use. It is not parallel to others, because it replaces the operator.
func TestInstallation(t *testing.T) {
	s := newSpace(t)
	require.NoError(t, shared.Models.Add("installed:1b", 1_000_000))
	const issued = `-ojsonpath={.metadata.annotations.cert-manager\.io/certificate-name}`
	assert.NotEmpty(t, s.kubectl(t, "get", "secret", "-n", node.OperatorNamespace, "llm-operator-webhook-server-cert", issued))
	checkOperator(t, s, "manifests")

	require.NoError(t, shared.Uninstall(node.CertManager))
	require.NoError(t, shared.InstallChart())
	assert.Equal(t, "Helm", s.kubectl(t, "get", "deployment", "-n", node.OperatorNamespace, node.OperatorDeployment,
		`-ojsonpath={.metadata.labels.app\.kubernetes\.io/managed-by}`))
	checkOperator(t, s, "chart")
	s.ready(t, "manifests")
}

// checkOperator asserts that the installed operator refuses, reconciles and logs.
func checkOperator(t *testing.T, s *space, name string) {
	t.Helper()
	refused, err := shared.RunKubectl(object(name, "installed", ""), "-n", s.namespace, "apply", "-f", "-")
	require.NoError(t, err)
	assert.Equal(t, 1, refused.Code)
	assert.Contains(t, refused.Stderr, "did you mean")
	s.apply(t, object(name, "installed:1b", ""))
	s.ready(t, name)
	assert.NotEmpty(t, s.kubectl(t, "logs", "-n", node.OperatorNamespace, "deployment/"+node.OperatorDeployment))
	assert.Contains(t, s.kubectl(t, "get", "all", "-l", "ollama-deployment="+name), "pod/"+name+"-ollama-")
}
