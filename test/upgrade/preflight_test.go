// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package upgrade

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// A prediction is what kubectl llm preflight of this version says of a cluster with an earlier one.
type prediction struct {
	CRDs []struct {
		Name   string
		Unsafe []any
	} `json:"crds"`
	Objects []struct {
		Kind, Namespace, Name string
		Refused               []any
		Lost                  []string
		Components            []struct{ Name, Effect string }
	} `json:"objects"`
}

// predict runs preflight, before the upgrade.
func predict(t *testing.T, kubeconfig string) prediction {
	t.Helper()
	plugin, err := cluster.BuildPlugin(t.TempDir())
	require.NoError(t, err)
	// The exit status is 1 if something is refused or lost, which assertPredicted names.
	out, _ := exec.Command(plugin, "preflight", "--kubeconfig", kubeconfig, "-o", "json").Output()
	var p prediction
	require.NoError(t, json.Unmarshal(out, &p))
	return p
}

// assertPredicted asserts that exactly those pods have restarted that preflight has named, and that it has called
// nothing unsafe.
func assertPredicted(t *testing.T, p prediction, before, after state) {
	t.Helper()
	var predicted, restarted []string
	for _, object := range p.Objects {
		assert.Empty(t, object.Refused, object.Name)
		assert.Empty(t, object.Lost, object.Name)
		for _, component := range object.Components {
			if component.Effect == "restarts" {
				predicted = append(predicted, object.Namespace+"/"+object.Name+"-"+component.Name)
			}
		}
	}
	for name, deployment := range before.deployments {
		if templateDiff(t, deployment.Spec.Template, after.deployments[name].Spec.Template) != "" {
			restarted = append(restarted, name)
		}
	}
	slices.Sort(predicted)
	slices.Sort(restarted)
	assert.Equal(t, restarted, predicted)
	for _, crd := range p.CRDs {
		assert.Empty(t, crd.Unsafe, crd.Name)
	}
}
