// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/geeper-io/llm-operator/internal/patterns"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// An allowedCase is a row of the test of allowed hosts and annotations: a spec without Ollama, the
// stored one if it is an update, and the errors and tolerated errors.
type allowedCase struct {
	from, to  string
	errs      []string
	tolerated []string
}

func testAllowed(t *testing.T, cases map[string]allowedCase) {
	t.Helper()
	opts := Options{AllowedIngressHosts: patterns.Hosts{"*.example.com"}, AllowedIngressAnnotations: patterns.Annotations{"example.com/*", "a"}}
	object := func(spec string) string {
		return "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\n" + "spec:\n  ollama: {models: [\"llama2:7b\"]}\n  " + spec[1:len(spec)-1]
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, object(tc.to)))
			if tc.from == "" {
				_, errs := ValidateCreate(d, nil, opts)
				assert.Equal(t, tc.errs, texts(errs))
				return
			}
			warnings, errs := ValidateUpdate(d, fixtures.Defaulted(fixtures.Parse(t, object(tc.from))), nil, opts)
			assert.Equal(t, tc.errs, texts(errs))
			assert.Equal(t, tc.tolerated, onlyTolerated(warningTexts(warnings)))
		})
	}
}

func TestIngressAllowed(t *testing.T) {
	t.Parallel()
	const forbiddenHost = " is not one of the hosts that the cluster's administrator allows: *.example.com"
	const forbiddenAnnotation = "is not one of the annotations that the cluster's administrator allows: example.com/*,a"
	testAllowed(t, map[string]allowedCase{
		"allowed host and annotations": {to: `{openwebui: {ingress: {enabled: true, host: a.example.com, annotations: {a: "1", example.com/b: "1"}, tls: {hosts: ["*.example.com"]}}}}`},
		"other hosts and annotations": {
			to: "{openwebui: {ingress: {enabled: true, host: evil.org, annotations: {b: \"1\", example.org/b: \"1\"}, tls: {hosts: [a.example.com, evil.org]}}}\n  tabby: {ingress: {host: evil.org}}}",
			errs: []string{
				"spec.openwebui.ingress.host: Forbidden: evil.org" + forbiddenHost,
				"spec.openwebui.ingress.tls.hosts[1]: Forbidden: evil.org" + forbiddenHost,
				"spec.openwebui.ingress.annotations[b]: Forbidden: " + forbiddenAnnotation,
				"spec.openwebui.ingress.annotations[example.org/b]: Forbidden: " + forbiddenAnnotation,
				"spec.tabby.ingress.host: Forbidden: evil.org" + forbiddenHost,
			},
		},
		"deprecated field": {
			to:   `{openwebui: {ingressEnabled: true, ingressHost: evil.org}}`,
			errs: []string{"spec.openwebui.ingress.host: Forbidden: evil.org" + forbiddenHost},
		},
		"tolerates stored values": {
			from: `{openwebui: {ingress: {host: evil.org, annotations: {b: "1"}}}}`,
			to:   `{openwebui: {replicas: 2, ingress: {host: evil.org, annotations: {b: "1"}}}}`,
			tolerated: []string{
				"spec.openwebui.ingress.host: Forbidden: evil.org" + forbiddenHost + " (tolerated, because the stored object has it too)",
				"spec.openwebui.ingress.annotations[b]: Forbidden: " + forbiddenAnnotation + " (tolerated, because the stored object has it too)",
			},
		},
		"rejects changed values": {
			from: `{openwebui: {ingress: {host: evil.org, annotations: {b: "1"}}}}`,
			to:   `{openwebui: {ingress: {host: evil.com, annotations: {b: "2"}}}}`,
			errs: []string{
				"spec.openwebui.ingress.host: Forbidden: evil.com" + forbiddenHost,
				"spec.openwebui.ingress.annotations[b]: Forbidden: " + forbiddenAnnotation,
			},
		},
	})
}

// Routes are no way around what is not allowed of ingresses.
func TestRouteAllowed(t *testing.T) {
	t.Parallel()
	const forbiddenHost = " is not one of the hosts that the cluster's administrator allows: *.example.com"
	const forbiddenAnnotation = "is not one of the annotations that the cluster's administrator allows: example.com/*,a"
	testAllowed(t, map[string]allowedCase{
		"allowed hostnames and annotations": {to: `{openwebui: {route: {parentRefs: [{name: gw}], hostnames: [a.example.com, "*.example.com"], annotations: {a: "1"}}}}`},
		"other hostnames and annotations": {
			to: "{openwebui: {route: {parentRefs: [{name: gw}], hostnames: [a.example.com, evil.org], annotations: {b: \"1\"}}}\n  tabby: {route: {parentRefs: [{name: gw}]}}}",
			errs: []string{
				"spec.openwebui.route.hostnames[1]: Forbidden: evil.org" + forbiddenHost,
				"spec.openwebui.route.annotations[b]: Forbidden: " + forbiddenAnnotation,
				"spec.tabby.route.hostnames: Forbidden: must be set, because the cluster's administrator allows only these hosts: *.example.com",
			},
		},
		"tolerates stored values": {
			from:      `{openwebui: {route: {parentRefs: [{name: gw}], hostnames: [evil.org]}}}`,
			to:        `{openwebui: {replicas: 2, route: {parentRefs: [{name: gw}], hostnames: [evil.org]}}}`,
			tolerated: []string{"spec.openwebui.route.hostnames[0]: Forbidden: evil.org" + forbiddenHost + " (tolerated, because the stored object has it too)"},
		},
		"rejects stored values of a component that is enabled": {
			from: `{openwebui: {route: {parentRefs: [{name: gw}], hostnames: [evil.org]}}}`,
			to:   `{openwebui: {enabled: true, route: {parentRefs: [{name: gw}], hostnames: [evil.org]}}}`,
			errs: []string{"spec.openwebui.route.hostnames[0]: Forbidden: evil.org" + forbiddenHost},
		},
	})
}
