// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

const protected = `
apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  networkPolicy:
    enabled: true
    allowFrom:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}
      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
    allowTo:
      - {}
      - {to: [{podSelector: {matchLabels: {app: proxy}}}], ports: [{port: 3128, endPort: 3129, protocol: TCP}, {port: proxy, protocol: TCP}]}
  ollama: {models: ["llama2:7b", "localhost:5000/a/b:c"]}
  openwebui:
    enabled: true
    ingress: {enabled: true, host: chat.example.com}
  tabby: {enabled: true, modelName: "llama2:7b"}
`

// Each enabled component has a policy, which is the one that kubectl llm renders, and which goes with the
// component, and when policies are turned off. Neither restarts pods.
func TestNetworkPolicies(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	policies := func() []string {
		return strings.Fields(k.ok(t, "", "get", "networkpolicies", "-l", "ollama-deployment=stack", "-o", "jsonpath={.items[*].metadata.name}"))
	}
	eventually := func(want ...string) {
		t.Helper()
		require.EventuallyWithT(t, func(c *assert.CollectT) { assert.ElementsMatch(c, want, policies()) }, patience, tick)
		k.ready(t, "stack")
	}
	patch := func(spec string) {
		t.Helper()
		k.ok(t, "", "patch", "ollamadeployment", "stack", "--type=merge", "-p", `{"spec":`+spec+`}`)
	}
	k.apply(t, strings.Replace(protected, "enabled: true", "enabled: false", 1))
	k.ready(t, "stack")
	assert.Empty(t, policies())
	const templates = `{range .items[*]}{.metadata.name}{" "}{.spec.template}{"\n"}{end}`
	before := k.ok(t, "", "get", "deployments.apps", "-o", "jsonpath="+templates)

	k.apply(t, protected)
	eventually("stack-ollama", "stack-openwebui", "stack-tabby")
	assert.Equal(t, before, k.ok(t, "", "get", "deployments.apps", "-o", "jsonpath="+templates), "pods were restarted")
	assert.Equal(t, "OllamaDeployment stack", k.get(t, "networkpolicy/stack-ollama", ".metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name"))
	k.noDiff(t, runPlugin(t, protected, "render", "-f", "-"), "--server-side", "--field-manager=other", "--force-conflicts")
	rendered := renderedPolicies(t, protected)
	for _, name := range policies() {
		var live networkingv1.NetworkPolicy
		require.NoError(t, yaml.Unmarshal([]byte(k.ok(t, "", "get", "networkpolicy", name, "-o", "yaml")), &live))
		assert.Equal(t, rendered[name].Spec, live.Spec, name)
		assert.Equal(t, rendered[name].Labels, live.Labels, name)
	}
	k.atRest(t)

	patch(`{"tabby":{"enabled":false}}`)
	eventually("stack-ollama", "stack-openwebui")
	k.eventually(t, "networkpolicy/stack-ollama", ".spec.ingress[0].from[*].podSelector.matchLabels.app\\.kubernetes\\.io/component", "openwebui controller-manager")
	patch(`{"networkPolicy":{"allowFrom":null}}`)
	k.eventually(t, "networkpolicy/stack-openwebui", ".spec", `{"podSelector":{"matchLabels":{"app.kubernetes.io/component":"openwebui","ollama-deployment":"stack"}},"policyTypes":["Ingress"]}`)
	patch(`{"networkPolicy":null}`)
	eventually()
	k.ok(t, "", "delete", "ollamadeployment", "stack")
}

// renderedPolicies returns the policies that kubectl llm renders, by name.
func renderedPolicies(t *testing.T, object string) map[string]networkingv1.NetworkPolicy {
	t.Helper()
	out := map[string]networkingv1.NetworkPolicy{}
	for _, document := range strings.Split(runPlugin(t, object, "render", "-f", "-"), "---\n") {
		var policy networkingv1.NetworkPolicy
		require.NoError(t, yaml.Unmarshal([]byte(document), &policy))
		if policy.Kind == "NetworkPolicy" {
			out[policy.Name] = policy
		}
	}
	return out
}

// Without a namespace of the operator, kubectl llm renders no peer for it.
func TestRenderWithoutOperatorNamespace(t *testing.T) {
	t.Parallel()
	with := runPlugin(t, protected, "render", "--operator-namespace", "models", "-f", "-")
	assert.Contains(t, with, "kubernetes.io/metadata.name: models\n")
	without := runPlugin(t, protected, "render", "--operator-namespace", "", "-f", "-")
	assert.NotContains(t, without, "controller-manager")
	assert.NotContains(t, without, "llm-operator-system")
}
