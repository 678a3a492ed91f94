// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/cluster"
)

// kustomize builds a directory of config/.
func kustomize(t *testing.T, dir string) string {
	t.Helper()
	return tool(t, "kustomize", "build", filepath.Join("config", dir))
}

// chart renders the chart for a release of the given name.
func chart(t *testing.T, release string, flags ...string) string {
	t.Helper()
	return tool(t, "helm", append([]string{"template", release, "charts/llm-operator", "--namespace", systemNamespace}, flags...)...)
}

// tool runs a tool of hack/tools, which has to succeed.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := try(t, name, args...)
	require.NoError(t, err)
	return out
}

// try runs a tool of hack/tools in the project's root directory. The error contains its output.
func try(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	cmd := exec.Command("go", append([]string{"tool", "-modfile=hack/tools/go.mod", name}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		err = fmt.Errorf("%s %v: %s%s", name, args, out, exit.Stderr)
	}
	return string(out), err
}

// objects parses a YAML stream and returns its objects by API version, kind, namespace and name.
func objects(t *testing.T, manifests string) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(manifests)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		var object map[string]any
		require.NoError(t, yaml.Unmarshal(document, &object), string(document))
		if len(object) == 0 {
			continue
		}
		o := unstructured.Unstructured{Object: object}
		key := fmt.Sprintf("%s %s %s/%s", o.GetAPIVersion(), o.GetKind(), o.GetNamespace(), o.GetName())
		require.NotContains(t, found, key)
		found[key] = object
	}
}

// Network policies let the pods of every installation reach Ollama.
func TestNetworkPoliciesSelectTheManager(t *testing.T) {
	t.Parallel()
	for name, manifests := range map[string]string{
		"kustomize":            kustomize(t, "default"),
		"chart":                chart(t, "llm-operator"),
		"chart, other release": chart(t, "other", "--set=podLabels.team=ml"),
	} {
		pods := 0
		for key, object := range objects(t, manifests) {
			if !strings.HasPrefix(key, "apps/v1 Deployment ") {
				continue
			}
			pods++
			labels, _, err := unstructured.NestedStringMap(object, "spec", "template", "metadata", "labels")
			require.NoError(t, err)
			assert.Equal(t, v1alpha1.OperatorName, labels[v1alpha1.LabelName], name)
			assert.Equal(t, v1alpha1.OperatorComponent, labels[v1alpha1.LabelComponent], name)
			assert.Contains(t, key, " "+v1alpha1.OperatorNamespace+"/", name)
		}
		assert.Equal(t, 1, pods, name)
	}
}
