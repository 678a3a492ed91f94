// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Requests to the stack's own Services never go to a proxy of the user, whatever spelling its variables have.
func TestBypassProxy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		variables string
		want      map[string]string
	}{
		"no proxy":       {`{name: NO_PROXY, value: example.com}`, map[string]string{"NO_PROXY": "example.com"}},
		"a proxy":        {`{name: HTTPS_PROXY, value: "http://p"}`, map[string]string{"NO_PROXY": "OWN"}},
		"a proxy, lower": {`{name: http_proxy, value: "http://p"}`, map[string]string{"no_proxy": "OWN"}},
		"a proxy of a Secret": {
			`{name: ALL_PROXY, valueFrom: {secretKeyRef: {name: a, key: b}}}`, map[string]string{"NO_PROXY": "OWN"},
		},
		"a proxy that is bypassed": {
			`{name: HTTP_PROXY, value: "http://p"}, {name: NO_PROXY, value: "10.0.0.0/8, .example.com,"}`,
			map[string]string{"NO_PROXY": "10.0.0.0/8, .example.com,OWN"},
		},
		"a proxy that is bypassed for all": {
			`{name: HTTP_PROXY, value: "http://p"}, {name: NO_PROXY, value: "*"}`, map[string]string{"NO_PROXY": "*"},
		},
		"a proxy, bypassed as a Secret says": {
			`{name: HTTP_PROXY, value: "http://p"}, {name: NO_PROXY, valueFrom: {secretKeyRef: {name: a, key: b}}}`, map[string]string{"NO_PROXY": ""},
		},
		"a proxy, bypassed in the other spelling": {
			`{name: HTTP_PROXY, value: "http://p"}, {name: no_proxy, value: example.com}`,
			map[string]string{"NO_PROXY": "example.com,OWN", "no_proxy": "example.com,OWN"},
		},
		"a proxy, bypassed as a Secret says in the other spelling": {
			`{name: HTTP_PROXY, value: "http://p"}, {name: no_proxy, valueFrom: {secretKeyRef: {name: a, key: b}}}`, map[string]string{"no_proxy": ""},
		},
		"both spellings": {
			`{name: HTTP_PROXY, value: "http://p"}, {name: http_proxy, value: "http://p"}`, map[string]string{"NO_PROXY": "OWN", "no_proxy": "OWN"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: s, namespace: ns}
spec:
  ollama: {models: ["llama2:7b"], envVars: [`+tc.variables+`]}
  openwebui: {enabled: true, envVars: [`+tc.variables+`]}
  tabby: {enabled: true, ollamaServiceName: other.llm, envVars: [`+tc.variables+`]}
`))
			const own = "localhost,127.0.0.1,::1,s-ollama,s-ollama.ns,s-ollama.ns.svc,s-ollama.ns.svc.cluster.local," +
				"s-openwebui,s-openwebui.ns,s-openwebui.ns.svc,s-openwebui.ns.svc.cluster.local," +
				"s-tabby,s-tabby.ns,s-tabby.ns.svc,s-tabby.ns.svc.cluster.local,other.llm"
			for _, child := range []string{"s-ollama", "s-openwebui", "s-tabby"} {
				config, ok := deploymentOf(t, d, child).Config.(*applyappsv1.DeploymentApplyConfiguration)
				require.True(t, ok)
				got := map[string]string{}
				for _, variable := range config.Spec.Template.Spec.Containers[0].Env {
					if strings.EqualFold(*variable.Name, "NO_PROXY") {
						value := ""
						if variable.Value != nil {
							value = *variable.Value
						}
						got[*variable.Name] = strings.ReplaceAll(value, own, "OWN")
					}
				}
				assert.Equal(t, tc.want, got, child)
				for _, container := range config.Spec.Template.Spec.InitContainers {
					for _, variable := range container.Env {
						assert.NotContains(t, strings.ToLower(*variable.Name), "proxy")
					}
				}
			}
		})
	}
}
