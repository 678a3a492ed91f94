// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// Every installation of the dashboard has it as it is, in a ConfigMap that the sidecar of Grafana finds.
func TestDashboard(t *testing.T) {
	t.Parallel()
	root, err := cluster.Root()
	require.NoError(t, err)
	want, err := os.ReadFile(filepath.Join(root, "config", "grafana", "dashboard.json"))
	require.NoError(t, err)
	for name, manifests := range map[string]string{
		"kustomize": kustomize(t, "grafana"),
		"chart":     chart(t, "llm-operator", "--set=metrics.dashboard.enabled=true"),
	} {
		object := objects(t, manifests)["v1 ConfigMap "+systemNamespace+"/llm-operator-dashboard"]
		require.NotNil(t, object, name)
		data, _, err := unstructured.NestedStringMap(object, "data")
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"llm-operator.json": string(want)}, data, name)
		o := unstructured.Unstructured{Object: object}
		assert.Equal(t, "1", o.GetLabels()["grafana_dashboard"], name)
	}
}
