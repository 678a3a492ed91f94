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

	"github.com/geeper-io/llm-operator/test/cluster"
)

// The chart and the kustomize configurations are the same objects. Only the
// namespace is Helm's affair.
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
				assert.Equal(t, object, got[key], key)
				delete(got, key)
			}
			assert.Empty(t, got, "only the chart has them")
		})
	}
}

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
			has:   []string{"--name-prefix=x-", "--certificates-secret=x-webhook-server-cert", "name: x-webhook-service"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"template", "charts/llm-operator", "--namespace", systemNamespace}, tc.flags...)
			if !strings.Contains(strings.Join(args, " "), "--name-template") {
				args = append(args, "--name-template=llm-operator")
			}
			out, err := try(t, "helm", "helm", args...)
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
	tool(t, "helm", "helm", "lint", "--strict", "charts/llm-operator")
}

// The commands of the chart's README work, and a CRD outlives the release.
func TestChartReadme(t *testing.T) {
	c, err := cluster.Start(cluster.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	i := &installation{cluster: c}
	crds, err := c.Binary("cert-manager-crds.yaml")
	require.NoError(t, err)
	i.ok(t, "", "apply", "--server-side", "-f", crds)
	root, err := cluster.Root()
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join(root, "charts", "llm-operator", "README.md"))
	require.NoError(t, err)
	t.Setenv("KUBECONFIG", c.Kubeconfig)
	ran := 0
	for _, match := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		command := strings.Fields(strings.ReplaceAll(match[1], "\\\n", " "))
		ran++
		switch command[0] {
		case "helm":
			tool(t, "helm", "helm", command[1:]...)
			i.ok(t, "", "get", "deployment/llm-operator-controller-manager", "-n", systemNamespace)
			tool(t, "helm", "helm", "uninstall", "llm-operator", "--namespace", systemNamespace)
			i.ok(t, "", "get", "crd/ollamadeployments.llm.geeper.io")
		case "kubectl":
			cmd := exec.Command(c.Kubectl, command[1:]...)
			cmd.Dir = root
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
		default:
			t.Errorf("%v is not tested", command)
		}
	}
	assert.Equal(t, 3, ran)
}
