// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A chartCase is a set of Helm flags, and texts that the rendered manifests have to contain or not.
type chartCase struct {
	flags  []string
	has    []string
	hasNot []string
}

func (tc chartCase) run(t *testing.T) {
	t.Helper()
	out, err := renderChart(t, tc.flags)
	require.NoError(t, err)
	objects(t, out)
	for _, text := range tc.has {
		assert.Contains(t, out, text)
	}
	for _, text := range tc.hasNot {
		assert.NotContains(t, out, text)
	}
}

// renderChart renders the chart for the release llm-operator, unless the flags name another.
func renderChart(t *testing.T, flags []string) (string, error) {
	t.Helper()
	args := append([]string{"template", "charts/llm-operator", "--namespace", systemNamespace}, flags...)
	if !strings.Contains(strings.Join(args, " "), "--name-template") {
		args = append(args, "--name-template=llm-operator")
	}
	return try(t, "helm", args...)
}

// chartValueCases are those of values that decide which objects there are.
var chartValueCases = map[string]chartCase{
	"certificate from a Secret": {
		flags:  []string{"--set=certificates.source=secret,certificates.secretName=mine,certificates.caBundle=Q0E="},
		has:    []string{"secretName: mine", "caBundle: Q0E="},
		hasNot: []string{"cert-manager.io"},
	},
	"watched namespaces": {
		flags:  []string{"--set=watchNamespaces={a,b}"},
		has:    []string{"--watch-namespaces=a,b", "namespace: a", "namespace: b"},
		hasNot: []string{"kind: ClusterRole\nmetadata:\n  name: llm-operator-manager-role"},
	},
	"metrics disabled": {
		flags:  []string{"--set=metrics.enabled=false,metrics.serviceMonitor.enabled=true,metrics.dashboard.enabled=true"},
		hasNot: []string{"--metrics-bind-address", "metrics-auth", "ServiceMonitor", "port: metrics", "grafana_dashboard"},
	},
	"Prometheus Operator": {
		flags: []string{"--set=metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true"},
		has:   []string{"kind: ServiceMonitor", "kind: PrometheusRule", `job="llm-operator-metrics-service"`},
	},
	"dashboard": {
		flags: []string{"--name-template=other", "--set=metrics.dashboard.enabled=true"},
		has:   []string{"name: other-dashboard", `grafana_dashboard: "1"`, `"uid": "llm-operator"`, "{{phase}}"},
	},
	"one replica": {
		flags:  []string{"--set=crds.enabled=false,replicas=1"},
		hasNot: []string{"PodDisruptionBudget"},
	},
	"optional objects disabled": {
		// The CRDs speak of such objects.
		flags:  []string{"--set=crds.enabled=false,networkPolicy.enabled=false,podDisruptionBudget.enabled=false,priorityClass.create=false,aggregateClusterRoles=false"},
		hasNot: []string{"NetworkPolicy", "PodDisruptionBudget", "riorityClass", "aggregate-to"},
	},
	"policies of another release": {
		flags:  []string{"--name-template=other", "--set=policies.enabled=true,policies.validationActions={Warn,Audit}"},
		has:    []string{`!= "system:serviceaccount:llm-operator-system:other-controller-manager"`, "    name: other-policies\n", `validationActions: ["Warn","Audit"]`},
		hasNot: []string{"system:serviceaccount:llm-operator-system:llm-operator-controller-manager", "matchResources"},
	},
	"parameters and namespaces of policies": {
		flags: []string{"--set=policies.enabled=true,policies.parameters.maxReplicas=3,policies.namespaceSelector.matchLabels.team=ml"},
		has:   []string{`maxReplicas: "3"`, "    namespaceSelector: \n      matchLabels:\n        team: ml"},
	},
	"CRDs disabled": {flags: []string{"--set=crds.enabled=false"}, hasNot: []string{"CustomResourceDefinition"}},
}

func TestChartValues(t *testing.T) {
	t.Parallel()
	for name, tc := range chartValueCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.run(t)
		})
	}
}

// chartPodCases are those of values of the manager's pods.
var chartPodCases = map[string]chartCase{
	"replicas": {flags: []string{"--set=replicas=3"}, has: []string{"replicas: 3"}},
	"image": {
		flags: []string{"--set=image.repository=localhost:5000/a,image.tag=v1,image.pullPolicy=IfNotPresent,image.pullSecrets={b}"},
		has:   []string{`image: "localhost:5000/a:v1"`, "imagePullPolicy: IfNotPresent", `- name: "b"`},
	},
	"flags, scheduling and metadata": {
		flags: []string{"--set=allowHostPath=true,extraArgs={--zap-log-level=debug},nodeSelector.a=b,podLabels.c=d,podAnnotations.e=f,tolerations[0].key=g"},
		has:   []string{"- --allow-host-path", `- "--zap-log-level=debug"`, "a: b", "c: d", "e: f", "key: g"},
	},
	"what users may do": {
		flags: []string{"--set=allowServiceAccounts=true,allowPrivilegedPods=true"},
		has:   []string{"- --allow-service-accounts", "- --allow-privileged-pods"},
	},
	"resources": {
		flags: []string{"--set=resources.requests.cpu=51m,resources.requests.memory=129Mi,resources.limits.memory=513Mi"},
		has:   []string{"cpu: 51m", "memory: 129Mi", "memory: 513Mi"},
	},
	"allowed hosts and annotations of ingresses": {
		flags: []string{"--set=allowedIngressHosts={*.example.com,a.example.org},allowedIngressAnnotations={cert-manager.io/*,a}"},
		has:   []string{"- --allowed-ingress-hosts=*.example.com,a.example.org", "- --allowed-ingress-annotations=cert-manager.io/*,a"},
	},
	"GOMEMLIMIT": {has: []string{"- name: GOMEMLIMIT\n              valueFrom:\n                resourceFieldRef:\n                  resource: limits.memory"}},
}

func TestChartPodValues(t *testing.T) {
	t.Parallel()
	for name, tc := range chartPodCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.run(t)
		})
	}
}

// chartNameCases are those of names.
var chartNameCases = map[string]chartCase{
	"other release name": {
		flags: []string{"--set=certificates.source=selfSigned", "--name-template=x"},
		has:   []string{"--name-prefix=x-", "--certificate-secret=x-webhook-server-cert", "name: x-webhook-service", "--leader-election-id=x.geeper.io", "resourceNames: [x.geeper.io]"},
	},
	"fullnameOverride": {
		flags: []string{"--set=fullnameOverride=y"},
		has:   []string{"name: y-webhook-service", "--leader-election-id=y.geeper.io", "app.kubernetes.io/instance: llm-operator"},
	},
	"truncated release name": {
		flags: []string{"--name-template=" + strings.Repeat("a", 53)},
		has:   []string{"name: " + strings.Repeat("a", 31) + "-abe346a7-webhook-service"},
	},
}

func TestChartNames(t *testing.T) {
	t.Parallel()
	for name, tc := range chartNameCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.run(t)
		})
	}
}

// A release may have a name that Services may not have.
func TestChartRejectsReleaseNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"my.release", "7b"} {
		_, err := renderChart(t, []string{"--name-template=" + name})
		require.ErrorContains(t, err, "set fullnameOverride")
		_, err = renderChart(t, []string{"--name-template=" + name, "--set=fullnameOverride=mine"})
		require.NoError(t, err)
	}
}

func TestChartRejectsInvalidValues(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ set, err string }{
		"Secret without name":            {"certificates.source=secret", "secretName"},
		"unknown certificate source":     {"certificates.source=lets", "certManager"},
		"unknown value":                  {"replica=3", "replica"},
		"zero replicas":                  {"replicas=0", "replicas"},
		"invalid allowed ingress host":   {"allowedIngressHosts={http://a}", "allowedIngressHosts"},
		"unknown parameter of policies":  {"policies.parameters.modelRegistry={a}", "modelRegistry"},
		"invalid parameter of policies":  {"policies.parameters.maxModelSize=13", "maxModelSize"},
		"invalid action of policies":     {"policies.validationActions={Refuse}", "validationActions"},
		"invalid allowed annotation key": {"allowedIngressAnnotations={*}", "allowedIngressAnnotations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := renderChart(t, []string{"--set=" + tc.set})
			assert.ErrorContains(t, err, tc.err)
		})
	}
}
