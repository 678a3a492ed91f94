// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A component is reached by its ingress, or else by its route, or else by its load balancer.
func TestURL(t *testing.T) {
	t.Parallel()
	const (
		route     = `route: {parentRefs: [{name: gw}], hostnames: ["*.example.com", chat.example.com]}`
		bothPorts = `listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: HTTPS}]`
		balanced  = `service: {type: LoadBalancer, port: 80}`
	)
	for name, tc := range map[string]struct {
		// spec is Open WebUI's. gateway is the spec and addresses of a Gateway that has accepted the route.
		spec, gateway string
		balancer      []corev1.LoadBalancerIngress
		noIngress     bool
		want          string
	}{
		"nothing":                             {},
		"ingress":                             {spec: `ingress: {enabled: true, host: a.b}`, want: "http://a.b"},
		"ingress with a certificate":          {spec: `ingress: {enabled: true, host: a.b, tls: {hosts: [a.b]}}`, want: "https://a.b"},
		"ingress with a wildcard certificate": {spec: `ingress: {enabled: true, host: a.b.c, tls: {hosts: ["*.b.c"]}}`, want: "https://a.b.c"},
		"ingress with the controller's certificate": {spec: `ingress: {enabled: true, host: a.b, tls: {}}`, want: "https://a.b"},
		"ingress with another certificate":          {spec: `ingress: {enabled: true, host: x.a.b.c, tls: {hosts: ["*.b.c"]}}`, want: "http://x.a.b.c"},
		"disabled ingress":                          {spec: `ingress: {host: a.b}`},
		"ingress of a domain":                       {spec: `ingress: {enabled: true, host: "*.a.b"}`},
		"ingress that is not allowed":               {spec: `ingress: {enabled: true, host: a.b}`, noIngress: true},
		"ingress before route":                      {spec: `ingress: {enabled: true, host: a.b}, ` + route, gateway: bothPorts, want: "http://a.b"},
		"ingress of a domain, and route":            {spec: `ingress: {enabled: true, host: "*.a.b"}, ` + route, gateway: bothPorts, want: "https://chat.example.com"},
		"route":                                     {spec: route, gateway: bothPorts, want: "https://chat.example.com"},
		"route without an answer":                   {spec: route},
		"route before load balancer":                {spec: route + ", " + balanced, gateway: bothPorts, balancer: []corev1.LoadBalancerIngress{{IP: "10.0.0.1"}}, want: "https://chat.example.com"},
		"other ports":                               {spec: route, gateway: `listeners: [{name: a, port: 8080, protocol: HTTP}]`, want: "http://chat.example.com:8080"},
		"other port with a certificate":             {spec: route, gateway: `listeners: [{name: a, port: 80, protocol: HTTPS}]`, want: "https://chat.example.com:80"},
		"no listener for HTTP":                      {spec: route, gateway: `listeners: [{name: a, port: 80, protocol: TCP}]`},
		"listener by name":                          {spec: `route: {parentRefs: [{name: gw, sectionName: a}], hostnames: [chat.example.com]}`, gateway: bothPorts, want: "http://chat.example.com"},
		"listener by port":                          {spec: `route: {parentRefs: [{name: gw, port: 80}], hostnames: [chat.example.com]}`, gateway: bothPorts, want: "http://chat.example.com"},
		"listener of another host":                  {spec: route, gateway: `listeners: [{name: a, port: 443, protocol: HTTPS, hostname: a.b}, {name: b, port: 80, protocol: HTTP, hostname: "*.example.com"}]`, want: "http://chat.example.com"},
		"the listener's hostname":                   {spec: `route: {parentRefs: [{name: gw}]}`, gateway: `listeners: [{name: a, port: 443, protocol: HTTPS, hostname: a.b}]`, want: "https://a.b"},
		"the listener's hostname in a domain":       {spec: `route: {parentRefs: [{name: gw}], hostnames: ["*.b"]}`, gateway: `listeners: [{name: a, port: 443, protocol: HTTPS, hostname: a.b}]`, want: "https://a.b"},
		"only domains":                              {spec: `route: {parentRefs: [{name: gw}], hostnames: ["*.b"]}`, gateway: bothPorts + `, addresses: [{value: 10.0.0.1}]`},
		"a listener of a domain":                    {spec: `route: {parentRefs: [{name: gw}]}`, gateway: `listeners: [{name: a, port: 443, protocol: HTTPS, hostname: "*.b"}], addresses: [{value: 10.0.0.1}]`},
		"the address":                               {spec: `route: {parentRefs: [{name: gw}]}`, gateway: `listeners: [{name: a, port: 80, protocol: HTTP}], addresses: [{value: 10.0.0.1}]`, want: "http://10.0.0.1"},
		"a hostile address":                         {spec: `route: {parentRefs: [{name: gw}]}`, gateway: `listeners: [{name: a, port: 80, protocol: HTTP}], addresses: [{value: "evil/\u001b[31m"}]`},
		"listeners of other namespaces":             {spec: route, gateway: `listeners: [{name: a, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}, {name: b, port: 443, protocol: HTTPS, allowedRoutes: {namespaces: {from: None}}}]`, want: "http://chat.example.com"},
		"listeners of other routes":                 {spec: route, gateway: `listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: HTTPS, allowedRoutes: {kinds: [{kind: GRPCRoute}]}}]`, want: "http://chat.example.com"},
		"listeners of TLS":                          {spec: route, gateway: `listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: TLS}]`, want: "http://chat.example.com"},
		"load balancer":                             {spec: balanced, balancer: []corev1.LoadBalancerIngress{{IP: "10.0.0.1"}}, want: "http://10.0.0.1"},
		"load balancer with a name":                 {spec: `service: {type: LoadBalancer}`, balancer: []corev1.LoadBalancerIngress{{Hostname: "lb.example.com"}}, want: "http://lb.example.com:8080"},
		"load balancer with IPv6":                   {spec: balanced, balancer: []corev1.LoadBalancerIngress{{IP: "::1"}}, want: "http://[::1]"},
		"load balancer with IPv6 and a port":        {spec: `service: {type: LoadBalancer}`, balancer: []corev1.LoadBalancerIngress{{IP: "::1"}}, want: "http://[::1]:8080"},
		"load balancer that waits":                  {spec: balanced},
		"former load balancer":                      {spec: `service: {type: ClusterIP}`, balancer: []corev1.LoadBalancerIngress{{IP: "10.0.0.1"}}},
		"hostile load balancer":                     {spec: balanced, balancer: []corev1.LoadBalancerIngress{{Hostname: "a b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `{metadata: {name: stack, namespace: here}, spec: {ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, `+tc.spec+`}}}`))
			c, found := d.Spec.Component(v1alpha1.ComponentOpenWebUI)
			require.True(t, found)
			e := Entrance{NoIngress: tc.noIngress, Service: &corev1.Service{}}
			e.Service.Status.LoadBalancer.Ingress = tc.balancer
			if tc.gateway != "" {
				e.Gateway = &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: d.Namespace}}
				require.NoError(t, yaml.Unmarshal([]byte("{"+tc.gateway+"}"), &e.Gateway.Spec))
				require.NoError(t, yaml.Unmarshal([]byte("{"+tc.gateway+"}"), &e.Gateway.Status))
				ref := gatewayv1.ParentReference{Name: "gw"}
				if parent := c.Route().ParentRefs[0]; parent.SectionName != nil {
					ref.SectionName = new(gatewayv1.SectionName(*parent.SectionName))
				} else if parent.Port != nil {
					ref.Port = parent.Port
				}
				e.Route = answered(says(ref, 2, accepted, resolved))
			}
			assert.Equal(t, tc.want, urlOf(d, c, e))
		})
	}
}

// The address of the whole is that of Open WebUI, or else that of Tabby, and never that of Ollama. It stays while
// a Gateway cannot be read.
func TestURLOfTheWhole(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, namespace: here}
spec:
  ollama: {models: ["llama2:7b"], service: {type: LoadBalancer, port: 80}}
  openwebui: {enabled: true, ingress: {enabled: true, host: chat.example.com}}
  tabby: {enabled: true, ingress: {enabled: true, host: tabby.example.com}}
`))
	service := &corev1.Service{}
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "10.0.0.1"}}
	seen := Observed{Entrances: map[v1alpha1.ComponentName]Entrance{ollama: {Service: service}}}
	urls := func() []string {
		s := d.Status
		return []string{s.URL, s.OllamaStatus.URL, s.Component(v1alpha1.ComponentOpenWebUI).URL, s.TabbyStatus.URL}
	}
	d.Status = Compute(d, seen, nil, now)
	assert.Equal(t, []string{"http://chat.example.com", "http://10.0.0.1", "http://chat.example.com", "http://tabby.example.com"}, urls())
	d.Spec.OpenWebUI.Ingress.Enabled = new(false)
	seen.Entrances[v1alpha1.ComponentOpenWebUI] = Entrance{GatewayUnread: true}
	d.Status = Compute(d, seen, nil, now)
	assert.Equal(t, []string{"http://chat.example.com", "http://10.0.0.1", "http://chat.example.com", "http://tabby.example.com"}, urls())
	delete(seen.Entrances, v1alpha1.ComponentOpenWebUI)
	d.Status = Compute(d, seen, nil, now)
	assert.Equal(t, []string{"http://tabby.example.com", "http://10.0.0.1", "", "http://tabby.example.com"}, urls())
	d.Spec.Tabby.Enabled = new(false)
	d.Status = Compute(d, seen, nil, now)
	assert.Empty(t, d.Status.URL)
}
