// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// The chart and the kustomize configurations have the same objects. Helm creates the namespace, and only
// the chart has instance labels and the annotation that retains CRDs.
func TestChartMatchesKustomize(t *testing.T) {
	t.Parallel()
	for dir, flags := range map[string][]string{
		"default":     nil,
		"self-signed": {"--set=certificates.source=selfSigned"},
		"namespaced":  {"--set=watchNamespaces={models}"},
	} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			want, got := objects(t, kustomize(t, dir)), objects(t, chart(t, "llm-operator", flags...))
			delete(want, "v1 Namespace /llm-operator-system")
			for key, object := range want {
				assert.Equal(t, object, withoutChartMetadata(got[key]), key)
				delete(got, key)
			}
			assert.Empty(t, got, "objects that only the chart has")
		})
	}
}

// The chart has the policies of config/policies, with their bindings and the same parameters.
func TestChartPolicies(t *testing.T) {
	t.Parallel()
	policies := `{"enabled": true, "namespaceSelector": {"matchLabels": {"llm.geeper.io/policies": "enforced"}}, "parameters": {
		"imagePinning": "Tag", "imageRegistries": ["docker.io/ollama", "docker.io/tabbyml", "ghcr.io/open-webui"], "maxModelSize": "70b", "maxReplicas": 3,
		"modelRegistries": ["registry.ollama.ai"], "modelsWithoutSize": ["nomic-embed-text:*"], "requireMemoryLimits": true, "serviceTypes": ["ClusterIP"]}}`
	want, got := objects(t, kustomize(t, "policies")), objects(t, chart(t, "llm-operator", "--set-json=policies="+policies))
	assert.Len(t, want, 19)
	for key, object := range want {
		assert.Equal(t, withSingleSpaces(object), withSingleSpaces(got[key]), key)
	}
	for key := range objects(t, chart(t, "llm-operator")) {
		assert.NotContains(t, want, key, "policies are not installed unless they are enabled")
	}
}

// withSingleSpaces returns the value with single spaces in all texts: kustomize doubles the newlines of folded
// expressions whose lines are indented.
func withSingleSpaces(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, entry := range value {
			out[key] = withSingleSpaces(entry)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, entry := range value {
			out[i] = withSingleSpaces(entry)
		}
		return out
	case string:
		return strings.Join(strings.Fields(value), " ")
	default:
		return value
	}
}

// withoutChartMetadata removes the labels and annotations that only the chart has.
func withoutChartMetadata(object map[string]any) map[string]any {
	for key, value := range object {
		switch value := value.(type) {
		case map[string]any:
			withoutChartMetadata(value)
		case []any:
			for _, entry := range value {
				if entry, isObject := entry.(map[string]any); isObject {
					withoutChartMetadata(entry)
				}
			}
		case string:
			if key == instanceLabel && value == "llm-operator" || key == keepAnnotation && value == "keep" {
				delete(object, key)
			}
		}
	}
	return object
}

const (
	instanceLabel  = "app.kubernetes.io/instance"
	keepAnnotation = "helm.sh/resource-policy"
)

func TestChartLint(t *testing.T) {
	t.Parallel()
	tool(t, "helm", "lint", "--strict", "charts/llm-operator")
}

// Two releases in a namespace share neither objects nor leases nor watched namespaces.
func TestChartReleasesAreIndependent(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"certManager", "selfSigned"} {
		one := objects(t, chart(t, "one", "--set=certificates.source="+source, "--set=watchNamespaces={a}"))
		two := objects(t, chart(t, "two", "--set=certificates.source="+source, "--set=watchNamespaces={b}", "--set=crds.enabled=false"))
		for key := range two {
			assert.NotContains(t, one, key)
		}
		for key, object := range one {
			text, err := yaml.Marshal(object)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "llm-operator.geeper.io", key)
			if strings.Contains(key, "WebhookConfiguration") {
				assert.Contains(t, string(text), "namespaceSelector:\n    matchExpressions:\n    - key: kubernetes.io/metadata.name\n      operator: In\n      values:\n      - a\n", key)
			}
		}
	}
}

// The commands in the chart's README work, several releases work side by side, and the CRDs are retained
// when they are uninstalled.
func TestChartReadme(t *testing.T) {
	c, err := cluster.Start(cluster.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	i := &installation{cluster: c}
	crds, err := c.Binary("cert-manager-crds.yaml")
	require.NoError(t, err)
	i.ok(t, "", "apply", "--server-side", "-f", crds)
	for _, namespace := range []string{"team-a", "team-b"} {
		i.ok(t, "", "create", "namespace", namespace)
	}
	root, err := cluster.Root()
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join(root, "charts", "llm-operator", "README.md"))
	require.NoError(t, err)
	t.Setenv("KUBECONFIG", c.Kubeconfig)
	t.Setenv("PATH", toolsPath(t, c.Kubectl))
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	assert.Len(t, blocks, 4)
	for _, match := range blocks {
		if strings.Contains(match[1], "team-a") || strings.Contains(match[1], "helm upgrade") {
			i.ok(t, "", "delete", "crd", "ollamadeployments.llm.geeper.io", "deployments.llm.geeper.io") // as on a new cluster
		}
		if strings.Contains(match[1], "helm upgrade") {
			tool(t, "helm", "install", "llm-operator", chartWithCRDsDirectory(t, root), "--namespace", systemNamespace)
		}
		cmd := exec.Command("/bin/sh", "-euc", match[1])
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", match[1], out)

		releases := strings.Fields(tool(t, "helm", "list", "--short", "--namespace", systemNamespace))
		require.NotEmpty(t, releases)
		if len(releases) > 1 {
			i.checkReleases(t, releases)
		}
		for _, release := range releases {
			i.ok(t, "", "get", "deployment/"+release+"-controller-manager", "-n", systemNamespace)
			tool(t, "helm", "uninstall", release, "--namespace", systemNamespace)
		}
		assert.Equal(t, "keep", i.ok(t, "", "get", "crd/ollamadeployments.llm.geeper.io", "-o", `jsonpath={.metadata.annotations.helm\.sh/resource-policy}`))
	}
}

// chartWithCRDsDirectory creates a chart as it was before the CRDs became templates and the selectors got
// the instance label, and returns its directory.
func chartWithCRDsDirectory(t *testing.T, root string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "llm-operator")
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "charts", "llm-operator"))))
	require.NoError(t, os.Rename(filepath.Join(dir, "files", "crds"), filepath.Join(dir, "crds")))
	require.NoError(t, os.Remove(filepath.Join(dir, "templates", "crds.yaml")))
	helpers := filepath.Join(dir, "templates", "_helpers.tpl")
	text, err := os.ReadFile(helpers)
	require.NoError(t, err)
	withoutLabel := strings.ReplaceAll(string(text), instanceLabel+": {{ .Release.Name }}\n", "")
	require.NotEqual(t, string(text), withoutLabel)
	require.NoError(t, os.WriteFile(helpers, []byte(withoutLabel), 0o600))
	return dir
}

// checkReleases asserts that the Services and disruption budgets of the releases select their own pods
// only.
func (i *installation) checkReleases(t *testing.T, releases []string) {
	t.Helper()
	for _, release := range releases {
		i.ok(t, "", "rollout", "status", "deployment/"+release+"-controller-manager", "-n", systemNamespace, "--timeout="+patience.String())
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			pods := strings.Fields(i.ok(t, "", "get", "endpointslices", "-n", systemNamespace, "-l", "kubernetes.io/service-name="+release+"-webhook-service",
				"-o", "jsonpath={.items[*].endpoints[*].targetRef.name}"))
			assert.Len(c, pods, 2)
			for _, pod := range pods {
				assert.Contains(c, pod, release+"-controller-manager-")
			}
			assert.Equal(c, "2", i.ok(t, "", "get", "poddisruptionbudget/"+release+"-controller-manager", "-n", systemNamespace, "-o", "jsonpath={.status.expectedPods}"))
		}, patience, tick)
	}
}

// toolsPath returns a PATH that starts with a directory of kubectl and helm.
func toolsPath(t *testing.T, kubectl string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Symlink(kubectl, filepath.Join(dir, "kubectl")))
	script := "#!/bin/sh\nexec go tool -modfile=hack/tools/go.mod helm \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "helm"), []byte(script), 0o700)) //nolint:gosec // an executable
	return dir + string(os.PathListSeparator) + os.Getenv("PATH")
}
