// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The class of a load balancer stays as long as there is one.
func TestLoadBalancerClassUpdates(t *testing.T) {
	t.Parallel()
	spec := func(webUI string) string {
		return `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, ` + webUI + `}}`
	}
	const path = "spec.openwebui.service.loadBalancerClass: Forbidden: "
	const how = " while the type is LoadBalancer; set the type to ClusterIP first, and then to LoadBalancer with the other class, which changes the address"
	testUpdate(t, map[string]updateCase{
		"same class": {
			from: spec(`service: {type: LoadBalancer, loadBalancerClass: a}`),
			to:   spec(`service: {type: LoadBalancer, loadBalancerClass: a, port: 80}`),
		},
		"another class": {
			from: spec(`service: {type: LoadBalancer, loadBalancerClass: a}`),
			to:   spec(`service: {type: LoadBalancer, loadBalancerClass: b}`),
			errs: []string{path + `must stay "a"` + how},
		},
		"a class of a load balancer without one": {
			from: spec(`service: {type: LoadBalancer}`),
			to:   spec(`service: {type: LoadBalancer, loadBalancerClass: b}`),
			errs: []string{path + `must stay unset` + how},
		},
		"no class anymore": {
			from: spec(`service: {type: LoadBalancer, loadBalancerClass: a}`),
			to:   spec(`service: {type: LoadBalancer}`),
			errs: []string{path + `must stay "a"` + how},
		},
		"type by the deprecated field": {
			from: spec(`serviceType: LoadBalancer, service: {loadBalancerClass: a}`),
			to:   spec(`serviceType: LoadBalancer, service: {loadBalancerClass: b}`),
			errs: []string{path + `must stay "a"` + how},
		},
		"another type": {
			from: spec(`service: {type: LoadBalancer, loadBalancerClass: a}`),
			to:   spec(`service: {type: ClusterIP}`),
		},
		"from another type": {
			from: spec(`service: {type: NodePort}`),
			to:   spec(`service: {type: LoadBalancer, loadBalancerClass: b}`),
		},
		"disabled before": {
			from: `{ollama: {models: ["llama2:7b"]}, openwebui: {service: {type: LoadBalancer, loadBalancerClass: a}}}`,
			to:   spec(`service: {type: LoadBalancer, loadBalancerClass: b}`),
		},
		"disabled after": {
			from: spec(`service: {type: LoadBalancer, loadBalancerClass: a}`),
			to:   `{ollama: {models: ["llama2:7b"]}, openwebui: {service: {type: LoadBalancer, loadBalancerClass: b}}}`,
		},
	})
}

// Node ports may move between components, but not in a circle.
func TestNodePortUpdates(t *testing.T) {
	t.Parallel()
	spec := func(ollama, webUI, tabby string) string {
		component := func(port string) string { return "{enabled: true, service: {type: NodePort" + port + "}}" }
		return `{ollama: {models: ["llama2:7b"], service: {type: NodePort` + ollama + `}}, openwebui: ` + component(webUI) + `, tabby: ` + component(tabby) + `}`
	}
	port := func(number string) string { return ", nodePort: 3000" + number }
	waits := func(component, number, owner string) string {
		return "spec." + component + ".service.nodePort: Invalid value: 3000" + number + ": is still the node port of " + owner +
			".service, which waits for one that is taken, too; free one of them first"
	}
	testUpdate(t, map[string]updateCase{
		"unchanged":      {from: spec(port("1"), port("2"), ""), to: spec(port("1"), port("2"), "")},
		"handed on":      {from: spec(port("1"), port("2"), port("3")), to: spec(port("2"), port("3"), port("4"))},
		"handed on once": {from: spec("", port("2"), ""), to: spec("", "", port("2"))},
		"swapped": {
			from: spec("", port("2"), port("3")), to: spec("", port("3"), port("2")),
			errs: []string{waits("openwebui", "3", "tabby"), waits("tabby", "2", "openwebui")},
		},
		"in a circle": {
			from: spec(port("1"), port("2"), port("3")), to: spec(port("2"), port("3"), port("1")),
			errs: []string{waits("ollama", "2", "openwebui"), waits("openwebui", "3", "tabby"), waits("tabby", "1", "ollama")},
		},
		"one twice, beside a swap": {
			from: spec(port("1"), port("2"), port("3")), to: spec(port("2"), port("3"), port("2")),
			errs: []string{
				"spec.tabby.service.nodePort: Invalid value: 30002: is already the node port of ollama.service; use another one, or leave it out to have one chosen",
				waits("openwebui", "3", "tabby"), waits("tabby", "2", "openwebui"),
			},
		},
	})
}

// A network is accepted if Kubernetes accepts it. FuzzExplain tests the suggestions.
func FuzzCIDR(f *testing.F) {
	for _, text := range []string{"", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.1", "fe80::1%eth0", "fe80::%eth0/10", "::ffff:10.0.0.1/104", "::ffff:10.0.0.1/8", "::/0", "2001:DB8::/32", "1.2.3.4/033"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		assert.Equal(t, len(utilvalidation.IsValidCIDRForLegacyField(field.NewPath("a"), text, true, nil)) == 0, explainCIDR(text) == "", "%q", text)
	})
}
