// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// policies returns the rendered policies of a spec by the names of their components.
func policies(t *testing.T, spec, operatorNamespace string) map[string]networkingv1.NetworkPolicySpec {
	t.Helper()
	d := fixtures.Defaulted(fixtures.Parse(t, "{metadata: {name: s}, spec: "+spec+"}"))
	objects, err := render.Objects(d, render.Options{OperatorNamespace: operatorNamespace})
	require.NoError(t, err)
	out := map[string]networkingv1.NetworkPolicySpec{}
	for _, object := range objects {
		if object.Kind != render.KindNetworkPolicy {
			continue
		}
		data, err := json.Marshal(object.Config)
		require.NoError(t, err)
		var policy networkingv1.NetworkPolicy
		require.NoError(t, json.Unmarshal(data, &policy))
		out[policy.Labels["app.kubernetes.io/component"]] = policy.Spec
	}
	return out
}

// A policy has a rule for ingress only if it has peers: a rule without peers would allow everybody. Every
// policy restricts ingress, and that of Ollama egress, too.
func TestNoPolicyAllowsEverybody(t *testing.T) {
	t.Parallel()
	const chat = `openwebui: {enabled: true}`
	for name, tc := range map[string]struct {
		spec, operator string
		peers          map[string]int
	}{
		"turned off":                     {`{networkPolicy: {allowFrom: [{podSelector: {}}]}, ollama: {models: ["llama2:7b"]}}`, "o", map[string]int{}},
		"Ollama alone":                   {`{networkPolicy: {enabled: true}, ollama: {models: ["llama2:7b"]}}`, "", map[string]int{"ollama": 0}},
		"Ollama and the operator":        {`{networkPolicy: {enabled: true}, ollama: {models: ["llama2:7b"]}}`, "o", map[string]int{"ollama": 1}},
		"with Open WebUI":                {`{networkPolicy: {enabled: true}, ollama: {models: ["llama2:7b"]}, ` + chat + `}`, "o", map[string]int{"ollama": 2, "openwebui": 0}},
		"empty list":                     {`{networkPolicy: {enabled: true, allowFrom: []}, ollama: {models: ["llama2:7b"]}, ` + chat + `}`, "", map[string]int{"ollama": 1, "openwebui": 0}},
		"somebody":                       {`{networkPolicy: {enabled: true, allowFrom: [{podSelector: {}}]}, ollama: {models: ["llama2:7b"]}, ` + chat + `}`, "", map[string]int{"ollama": 2, "openwebui": 1}},
		"Tabby that uses another Ollama": {`{networkPolicy: {enabled: true}, ollama: {models: ["llama2:7b"]}, tabby: {enabled: true, ollamaServiceName: other}}`, "", map[string]int{"ollama": 1, "tabby": 0}},
		"route": {
			`{networkPolicy: {enabled: true}, ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, route: {parentRefs: [{name: a}, {name: b}, {name: c, namespace: d}]}}}`, "",
			map[string]int{"ollama": 1, "openwebui": 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]int{}
			for component, policy := range policies(t, tc.spec, tc.operator) {
				got[component] = 0
				for _, rule := range policy.Ingress {
					assert.NotEmpty(t, rule.From)
					assert.Len(t, rule.Ports, 1)
					got[component] += len(rule.From)
				}
				want := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
				if component == "ollama" {
					want = append(want, networkingv1.PolicyTypeEgress)
				}
				assert.Equal(t, want, policy.PolicyTypes)
				assert.NotEmpty(t, policy.PodSelector.MatchLabels)
			}
			assert.Equal(t, tc.peers, got)
		})
	}
}

// Ollama may connect to the ports of what it pulls from.
func TestDownloadPorts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ollama string
		want   []int32
	}{
		"default registry":            {`models: ["llama2:7b"]`, nil},
		"registry without a port":     {`models: ["hf.co/a/b:c"]`, nil},
		"registries with ports":       {`models: ["a:5000/a/b:c", "b:5000/a/b:c", "c:443/a/b:c", "d:1/a/b:c"]`, []int32{1, 5000}},
		"mirror":                      {`models: ["llama2:7b"], source: {mirror: "mirror:5000"}`, []int32{5000}},
		"mirror of nothing":           {`models: ["hf.co/a/b:c"], source: {mirror: "mirror:5000"}`, nil},
		"registry that is not listed": {`models: ["llama2:7b"], source: {insecureRegistries: ["plain:5000"]}`, nil},
		"names that are not valid":    {`models: ["a:b:c/a/b:c", "a:/a/b:c", "a:99999/a/b:c", "a:0/a/b:c"]`, nil},
		"proxies":                     {`models: ["llama2:7b"], envVars: [{name: HTTPS_PROXY, value: "http://a:3128"}, {name: http_proxy, value: "b:8080/"}]`, []int32{3128, 8080}},
		"proxies without ports":       {`models: ["llama2:7b"], envVars: [{name: HTTPS_PROXY, value: "https://a"}, {name: HTTP_PROXY, value: b}, {name: ALL_PROXY, value: "SOCKS5://c"}]`, []int32{1080}},
		"proxy with credentials":      {`models: ["llama2:7b"], envVars: [{name: HTTPS_PROXY, value: "http://user:9999@a:3128"}]`, []int32{3128}},
		"proxy of a Secret":           {`models: ["llama2:7b"], envVars: [{name: HTTPS_PROXY, valueFrom: {secretKeyRef: {name: a, key: b}}}]`, nil},
		"proxy that is no URL":        {`models: ["llama2:7b"], envVars: [{name: HTTPS_PROXY, value: "http://a:b"}, {name: HTTP_PROXY, value: "ftp://a"}, {name: ALL_PROXY, value: "::"}]`, nil},
		"hosts that bypass the proxy": {`models: ["llama2:7b"], envVars: [{name: NO_PROXY, value: "a:3128"}]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			egress := policies(t, "{networkPolicy: {enabled: true}, ollama: {"+tc.ollama+"}}", "")["ollama"].Egress
			require.Len(t, egress, 2)
			var got []int32
			for _, port := range egress[1].Ports {
				if number := port.Port.IntVal; number != 80 && number != 443 {
					got = append(got, number)
				}
			}
			assert.Equal(t, tc.want, got)
			assert.Subset(t, ports(egress[1]), []int32{80, 443})
			assert.Equal(t, []int32{53, 53, 5353, 5353}, ports(egress[0]))
			assert.Empty(t, egress[0].To, "DNS servers may be on the nodes")
		})
	}
}

func ports(rule networkingv1.NetworkPolicyEgressRule) []int32 {
	var out []int32
	for _, port := range rule.Ports {
		out = append(out, port.Port.IntVal)
	}
	return out
}
