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

// The chart and the kustomize configurations are the same objects. Only the namespace is
// Helm's affair, and what tells releases apart and keeps the CRDs is the chart's.
func TestChartIsKustomize(t *testing.T) {
	t.Parallel()
	for folder, flags := range map[string][]string{
		"default":    nil,
		"selfsigned": {"--set=certificates.source=selfMade"},
		"namespaced": {"--set=watchNamespaces={models}"},
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			want, got := objects(t, kustomize(t, folder)), objects(t, chart(t, "llm-operator", flags...))
			delete(want, "v1 Namespace /llm-operator-system")
			for key, object := range want {
				assert.Equal(t, object, withoutRelease(got[key]), key)
				delete(got, key)
			}
			assert.Empty(t, got, "only the chart has them")
		})
	}
}

// withoutRelease removes from an object what only the chart has.
func withoutRelease(object map[string]any) map[string]any {
	for key, value := range object {
		switch value := value.(type) {
		case map[string]any:
			withoutRelease(value)
		case []any:
			for _, entry := range value {
				if entry, isObject := entry.(map[string]any); isObject {
					withoutRelease(entry)
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

// Every value does what it says.
func TestChartValues(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		flags   []string
		has     []string
		hasNot  []string
		refused string
	}{
		"a given Secret": {
			flags:  []string{"--set=certificates.source=secret,certificates.secretName=mine,certificates.caBundle=Q0E="},
			has:    []string{"secretName: mine", "caBundle: Q0E="},
			hasNot: []string{"cert-manager.io"},
		},
		"a given Secret without its name": {flags: []string{"--set=certificates.source=secret"}, refused: "secretName"},
		"an unknown source":               {flags: []string{"--set=certificates.source=lets"}, refused: "certManager"},
		"an unknown value":                {flags: []string{"--set=replica=3"}, refused: "replica"},
		"no replicas":                     {flags: []string{"--set=replicas=0"}, refused: "replicas"},
		"three replicas":                  {flags: []string{"--set=replicas=3"}, has: []string{"replicas: 3"}},
		"an image": {
			flags: []string{"--set=image.repository=localhost:5000/a,image.tag=v1,image.pullPolicy=IfNotPresent,image.pullSecrets={b}"},
			has:   []string{`image: "localhost:5000/a:v1"`, "imagePullPolicy: IfNotPresent", `- name: "b"`},
		},
		"namespaces": {
			flags:  []string{"--set=watchNamespaces={a,b}"},
			has:    []string{"--watch-namespaces=a,b", "namespace: a", "namespace: b"},
			hasNot: []string{"kind: ClusterRole\nmetadata:\n  name: llm-operator-manager-role"},
		},
		"no metrics": {
			flags:  []string{"--set=metrics.enabled=false,metrics.serviceMonitor.enabled=true"},
			hasNot: []string{"--metrics-bind-address", "metrics-auth", "ServiceMonitor", "port: metrics"},
		},
		"Prometheus": {
			flags: []string{"--set=metrics.serviceMonitor.enabled=true,metrics.rules.enabled=true"},
			has:   []string{"kind: ServiceMonitor", "kind: PrometheusRule", `job="llm-operator-metrics-service"`},
		},
		"less": {
			flags:  []string{"--set=networkPolicy.enabled=false,podDisruptionBudget.enabled=false,priorityClass.create=false,aggregateRoles=false"},
			hasNot: []string{"NetworkPolicy", "PodDisruptionBudget", "riorityClass", "aggregate-to"},
		},
		"pods": {
			flags: []string{"--set=allowHostPath=true,extraArgs={--zap-log-level=debug},nodeSelector.a=b,podLabels.c=d,podAnnotations.e=f,tolerations[0].key=g,resources.limits.memory=1Gi"},
			has:   []string{"- --allow-host-path", `- "--zap-log-level=debug"`, "a: b", "c: d", "e: f", "key: g", "memory: 1Gi"},
		},
		"another name": {
			flags: []string{"--set=certificates.source=selfMade", "--name-template=x"},
			has:   []string{"--name-prefix=x-", "--certificates-secret=x-webhook-server-cert", "name: x-webhook-service", "--leader-election-id=x.geeper.io", "resourceNames: [x.geeper.io]"},
		},
		"a name of one's own": {
			flags: []string{"--set=fullnameOverride=y"},
			has:   []string{"name: y-webhook-service", "--leader-election-id=y.geeper.io", "app.kubernetes.io/instance: llm-operator"},
		},
		"a long name": {
			flags: []string{"--name-template=" + strings.Repeat("a", 53)},
			has:   []string{"name: " + strings.Repeat("a", 31) + "-abe346a7-webhook-service"},
		},
		"no CRDs": {flags: []string{"--set=crds.enabled=false"}, hasNot: []string{"CustomResourceDefinition"}},
		"what ingresses may have": {
			flags: []string{"--set=allowedIngressHosts={*.example.com,a.example.org},allowedIngressAnnotations={cert-manager.io/*,a}"},
			has:   []string{"- --allowed-ingress-hosts=*.example.com,a.example.org", "- --allowed-ingress-annotations=cert-manager.io/*,a"},
		},
		"no host":           {flags: []string{"--set=allowedIngressHosts={http://a}"}, refused: "allowedIngressHosts"},
		"no annotation":     {flags: []string{"--set=allowedIngressAnnotations={*}"}, refused: "allowedIngressAnnotations"},
		"the memory for Go": {has: []string{"- name: GOMEMLIMIT\n              valueFrom:\n                resourceFieldRef:\n                  resource: limits.memory"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"template", "charts/llm-operator", "--namespace", systemNamespace}, tc.flags...)
			if !strings.Contains(strings.Join(args, " "), "--name-template") {
				args = append(args, "--name-template=llm-operator")
			}
			out, err := try(t, "helm", args...)
			if tc.refused != "" {
				require.Error(t, err)
				assert.Contains(t, err.Error(), tc.refused)
				return
			}
			require.NoError(t, err)
			objects(t, out)
			for _, text := range tc.has {
				assert.Contains(t, out, text)
			}
			for _, text := range tc.hasNot {
				assert.NotContains(t, out, text)
			}
		})
	}
}

func TestChartLint(t *testing.T) {
	t.Parallel()
	tool(t, "helm", "lint", "--strict", "charts/llm-operator")
}

// Two releases in one namespace have no object in common, and none selects what belongs
// to the other.
func TestReleasesDoNotMix(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"certManager", "selfMade"} {
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

// The commands of the chart's README work, several releases do not mix, and the CRDs
// outlive them.
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
			i.ok(t, "", "delete", "crd", "ollamadeployments.llm.geeper.io", "deployments.llm.geeper.io") // a fresh cluster
		}
		if strings.Contains(match[1], "helm upgrade") {
			tool(t, "helm", "install", "llm-operator", olderChart(t, root), "--namespace", systemNamespace)
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

// olderChart makes a chart as it was before the CRDs were templates and the selectors had
// an instance, and returns its folder.
func olderChart(t *testing.T, root string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "llm-operator")
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join(root, "charts", "llm-operator"))))
	require.NoError(t, os.Rename(filepath.Join(folder, "files", "crds"), filepath.Join(folder, "crds")))
	require.NoError(t, os.Remove(filepath.Join(folder, "templates", "crds.yaml")))
	helpers := filepath.Join(folder, "templates", "_helpers.tpl")
	text, err := os.ReadFile(helpers)
	require.NoError(t, err)
	older := strings.ReplaceAll(string(text), instanceLabel+": {{ .Release.Name }}\n", "")
	require.NotEqual(t, string(text), older)
	require.NoError(t, os.WriteFile(helpers, []byte(older), 0o600))
	return folder
}

// checkReleases looks at what belongs to several releases in one namespace.
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

// toolsPath is a PATH with kubectl and helm in front.
func toolsPath(t *testing.T, kubectl string) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.Symlink(kubectl, filepath.Join(folder, "kubectl")))
	script := "#!/bin/sh\nexec go tool -modfile=hack/tools/go.mod helm \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "helm"), []byte(script), 0o700)) //nolint:gosec // it is run
	return folder + string(os.PathListSeparator) + os.Getenv("PATH")
}
