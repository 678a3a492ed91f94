package webhooks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/fixtures"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hosts, annotations string
		allowed, refused   []string
		err                string
	}{
		"any host":                      {allowed: []string{"a", "*.b.c", ""}},
		"a host":                        {hosts: "a.example.com", allowed: []string{"a.example.com"}, refused: []string{"b.a.example.com", "*.example.com", "example.com", "a.example.com.evil.org"}},
		"hosts below":                   {hosts: "*.example.com", allowed: []string{"a.example.com", "b.a.example.com", "*.example.com", "*.a.example.com"}, refused: []string{"example.com", "evilexample.com", "*.com", "a.example.com.evil.org"}},
		"hosts":                         {hosts: "a.b,*.c", allowed: []string{"a.b", "x.c"}, refused: []string{"x.b", "c"}},
		"a URL":                         {hosts: "https://a.b", err: `"https://a.b" must be a DNS name such as "chat.example.com", or "*.example.com"`},
		"a host of capitals":            {hosts: "A.b", err: "must be a DNS name"},
		"an empty host":                 {hosts: "a.b,", err: "must be a DNS name"},
		"all hosts":                     {hosts: "*", err: "must be a DNS name"},
		"a wildcard in the middle":      {hosts: "a.*.b", err: "must be a DNS name"},
		"annotations":                   {annotations: "a.b/c,example.com/*", allowed: []string{"a.b/c", "example.com/d"}, refused: []string{"a.b/d", "a.b/cc", "x.example.com/d", "example.com", "c"}},
		"an annotation of no key":       {annotations: "a b", err: `"a b" must be the key of an annotation, or "example.com/*" for all keys of a prefix`},
		"all annotations":               {annotations: "*", err: "must be the key of an annotation"},
		"annotations of a part of name": {annotations: "example.com/a*", err: "must be the key of an annotation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hosts HostPatterns
			var annotations AnnotationPatterns
			err := hosts.Set(tc.hosts)
			if err == nil {
				err = annotations.Set(tc.annotations)
			}
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			allows := hosts.Allows
			if len(annotations) > 0 {
				allows = annotations.Allows
			}
			for _, value := range tc.allowed {
				assert.True(t, allows(value), value)
			}
			for _, value := range tc.refused {
				assert.False(t, allows(value), value)
			}
		})
	}
}

func TestIngressAllowed(t *testing.T) {
	t.Parallel()
	opts := Options{AllowedIngressHosts: HostPatterns{"*.example.com"}, AllowedIngressAnnotations: AnnotationPatterns{"example.com/*", "a"}}
	const forbiddenHost = " is none of the hosts that the cluster's administrator allows: *.example.com"
	const forbiddenAnnotation = "is none of the annotations that the cluster's administrator allows: example.com/*,a"
	for name, tc := range map[string]struct {
		from, to  string
		errs      []string
		tolerated []string
	}{
		"allowed": {to: `{openwebui: {ingress: {enabled: true, host: a.example.com, annotations: {a: "1", example.com/b: "1"}, tls: {hosts: ["*.example.com"]}}}}`},
		"not allowed": {
			to: "{openwebui: {ingress: {enabled: true, host: evil.org, annotations: {b: \"1\", example.org/b: \"1\"}, tls: {hosts: [a.example.com, evil.org]}}}\n  tabby: {ingress: {host: evil.org}}}",
			errs: []string{
				"spec.openwebui.ingress.host: Forbidden: evil.org" + forbiddenHost,
				"spec.openwebui.ingress.tls.hosts[1]: Forbidden: evil.org" + forbiddenHost,
				"spec.openwebui.ingress.annotations[b]: Forbidden: " + forbiddenAnnotation,
				"spec.openwebui.ingress.annotations[example.org/b]: Forbidden: " + forbiddenAnnotation,
				"spec.tabby.ingress.host: Forbidden: evil.org" + forbiddenHost,
			},
		},
		"the older spelling": {
			to:   `{openwebui: {ingressEnabled: true, ingressHost: evil.org}}`,
			errs: []string{"spec.openwebui.ingress.host: Forbidden: evil.org" + forbiddenHost},
		},
		"stored before the list": {
			from: `{openwebui: {ingress: {host: evil.org, annotations: {b: "1"}}}}`,
			to:   `{openwebui: {replicas: 2, ingress: {host: evil.org, annotations: {b: "1"}}}}`,
			tolerated: []string{
				"spec.openwebui.ingress.host: Forbidden: evil.org" + forbiddenHost + " (tolerated, because the stored object has it too)",
				"spec.openwebui.ingress.annotations[b]: Forbidden: " + forbiddenAnnotation + " (tolerated, because the stored object has it too)",
			},
		},
		"stored before the list, and changed": {
			from: `{openwebui: {ingress: {host: evil.org, annotations: {b: "1"}}}}`,
			to:   `{openwebui: {ingress: {host: evil.com, annotations: {b: "2"}}}}`,
			errs: []string{
				"spec.openwebui.ingress.host: Forbidden: evil.com" + forbiddenHost,
				"spec.openwebui.ingress.annotations[b]: Forbidden: " + forbiddenAnnotation,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := func(spec string) string {
				return header + "spec:\n  ollama: {models: [\"llama2:7b\"]}\n  " + spec[1:len(spec)-1]
			}
			d := fixtures.Defaulted(fixtures.Parse(t, object(tc.to)))
			if tc.from == "" {
				_, errs := Validate(d, nil, opts)
				assert.Equal(t, tc.errs, texts(errs))
				return
			}
			warnings, errs := Validate(d, fixtures.Defaulted(fixtures.Parse(t, object(tc.from))), opts)
			assert.Equal(t, tc.errs, texts(errs))
			assert.Equal(t, tc.tolerated, onlyTolerated(warningTexts(warnings)))
		})
	}
}
