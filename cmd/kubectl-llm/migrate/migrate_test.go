// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

const header = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\nspec:\n"

func migrate(t *testing.T, text string) string {
	t.Helper()
	out, err := File(manifest.File{Name: "a.yaml", Data: []byte(text)})
	require.NoError(t, err)
	again, err := File(manifest.File{Name: "a.yaml", Data: out})
	require.NoError(t, err)
	assert.Equal(t, string(out), string(again), "migrating is idempotent")
	return string(out)
}

// A fileCase is a row of the tests of File: the spec before and after.
type fileCase struct{ from, to string }

func testFile(t *testing.T, cases map[string]fileCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, header+tc.to, migrate(t, header+tc.from))
		})
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	testFile(t, map[string]fileCase{
		"preserves comments and order": {
			from: `  # the models
  ollama:
    models: ["llama2:7b"]   # one

    # for everybody
    serviceType: LoadBalancer  # a public one
    replicas: 2
    servicePort: 80
  # the chat

  openwebui:
    ingressHost: 'a.example.com'
    enabled: true
    ingressEnabled: yes # on
`,
			to: `  # the models
  ollama:
    models: ["llama2:7b"]   # one

    service:
      # for everybody
      type: LoadBalancer  # a public one
      port: 80
    replicas: 2
  # the chat

  openwebui:
    ingress:
      host: 'a.example.com'
      enabled: yes # on
    enabled: true
`,
		},
	})
}

func TestFileWithCommentedOutYAML(t *testing.T) {
	t.Parallel()
	testFile(t, map[string]fileCase{
		"preserves commented-out YAML": {
			from: `  ollama:
    models:
    - llama2:7b
    # - mistral:7b
    servicePort: 80
    # replicas: 2
    #   - a
    # for everybody
    serviceType: NodePort
  openwebui:
    ingress:
      tls:
        hosts:
          - a.example.com
          # - b.example.com
      # of the ingress
    # - no entry of anything
    #
    # a public one
    ingressHost: a.example.com
  tabby:
    #- "c"
    #-
    servicePort: 81
`,
			to: `  ollama:
    models:
    - llama2:7b
    # - mistral:7b
    service:
      port: 80
      # for everybody
      type: NodePort
    # replicas: 2
    #   - a
  openwebui:
    ingress:
      #
      # a public one
      host: a.example.com
      tls:
        hosts:
          - a.example.com
          # - b.example.com
      # of the ingress
    # - no entry of anything
  tabby:
    #- "c"
    #-
    service:
      port: 81
`,
		},
	})
}

func TestFileWithGroup(t *testing.T) {
	t.Parallel()
	testFile(t, map[string]fileCase{
		"adds to an existing group": {
			from: `  ollama:
    servicePort: 80 # b
    service:
        # a
        type: NodePort
    models: ["llama2:7b"]
  tabby:
    ingressEnabled: true
    # c
    ingressHost: b.example.com # d
    ingress: {className: nginx, host: b.example.com}
`,
			to: `  ollama:
    service:
        port: 80 # b
        # a
        type: NodePort
    models: ["llama2:7b"]
  tabby:
    # c
    # d
    ingress: {enabled: true, className: nginx, host: b.example.com}
`,
		},
		"fills an empty group": {
			from: "  ollama:\n    service:\n    models: [\"llama2:7b\"]\n    servicePort: 80\n",
			to:   "  ollama:\n    service:\n      port: 80\n    models: [\"llama2:7b\"]\n",
		},
	})
}

func TestFileFlowStyleAndAliases(t *testing.T) {
	t.Parallel()
	testFile(t, map[string]fileCase{
		"flow style": {
			from: `  ollama: {models: ["llama2:7b"], serviceType: NodePort, servicePort: 80}
  openwebui: {ingressEnabled: true, servicePort: 81, ingressHost: a.example.com, serviceType: NodePort}
  tabby: {serviceType: NodePort, servicePort: 82, service: {}, ingressHost: "b.example.com"}
`,
			to: `  ollama: {models: ["llama2:7b"], service: {type: NodePort, port: 80}}
  openwebui: {ingress: {enabled: true, host: a.example.com}, service: {port: 81, type: NodePort}}
  tabby: {service: {type: NodePort, port: 82}, ingress: {host: "b.example.com"}}
`,
		},
		"anchor shared by two components": {
			from: `  ollama: {models: ["llama2:7b"]}
  openwebui: &web
    servicePort: 81
    imageTag: "1"
  tabby: *web
`,
			to: `  ollama: {models: ["llama2:7b"]}
  openwebui: &web
    service:
      port: 81
    imageTag: "1"
  tabby: *web
`,
		},
		"merge keys": {
			from: "  ollama: {models: [\"llama2:7b\"]}\n  openwebui: &a {servicePort: 80, replicas: 2}\n  tabby: {<<: *a, imageTag: \"1\", servicePort: 81}\n",
			to:   "  ollama: {models: [\"llama2:7b\"]}\n  openwebui: &a {service: {port: 80}, replicas: 2}\n  tabby: {<<: *a, imageTag: \"1\", service: {port: 81}}\n",
		},
		"no deprecated fields": {from: "  ollama: {models: [\"llama2:7b\"]}\n", to: "  ollama: {models: [\"llama2:7b\"]}\n"},
	})
}

func TestStream(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `# first
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {servicePort: "80", kind: Deployment}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b}
--- # third
apiVersion: "llm.geeper.io/v1alpha1"
kind: "OllamaDeployment" # was Deployment
metadata: {name: c}
spec: {ollama: {models: ["llama2:7b"], service: {port: 80}}}
...
`, migrate(t, `# first
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {servicePort: "80", kind: Deployment}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b}
--- # third
apiVersion: "llm.geeper.io/v1alpha1"
kind: "Deployment" # was Deployment
metadata: {name: c}
spec: {ollama: {models: ["llama2:7b"], servicePort: 80}}
...
`))
}

func TestJSON(t *testing.T) {
	t.Parallel()
	const from = `{
	"apiVersion": "llm.geeper.io/v1alpha1", "kind": "Deployment", "metadata": {"name": "é"},
	"spec": {
		"ollama": {
			"servicePort": 80,
			"models": ["llama2:7b"],
			"serviceType": "NodePort"
		}
	}
}
`
	const to = `{
	"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "é"},
	"spec": {
		"ollama": {
			"service": {"port": 80, "type": "NodePort"},
			"models": ["llama2:7b"]
		}
	}
}
`
	assert.Equal(t, to, migrate(t, from), "byte for byte") //nolint:testifylint // JSONEq ignores the layout
}

// JSON that is not YAML is migrated too, byte for byte elsewhere.
func TestJSONThatIsNotYAML(t *testing.T) {
	t.Parallel()
	const text = "{\"apiVersion\": \"llm.geeper.io/v1alpha1\", \"kind\": \"OllamaDeployment\", \"metadata\": {\"annotations\": {\"\u2028\\ud83d\\ude00\\/\": \"\u0085\u007f\"}},\n" +
		"\t\"spec\": {\"openwebui\": {\"imageTag\": \"\u2029\", %s}}}"
	assert.Equal(t, fmt.Sprintf(text, `"ingress": {"host": "a\/\ud83d\ude00"}`), migrate(t, fmt.Sprintf(text, `"ingressHost": "a\/\ud83d\ude00"`))) //nolint:testifylint // JSONEq ignores the layout
}

func TestCRLFIsPreserved(t *testing.T) {
	t.Parallel()
	const from = "apiVersion: llm.geeper.io/v1alpha1\r\nkind: Deployment\r\nspec:\r\n  ollama:\r\n    models: [\"a:b\"]\r\n    servicePort: 80\r\n"
	const to = "apiVersion: llm.geeper.io/v1alpha1\r\nkind: OllamaDeployment\r\nspec:\r\n  ollama:\r\n    models: [\"a:b\"]\r\n    service:\r\n      port: 80\r\n"
	assert.Equal(t, to, migrate(t, from))
}

// What cannot be rewritten in place is an error.
func TestErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ spec, want string }{
		"conflicting values": {
			"  ollama: {models: [\"llama2:7b\"], servicePort: 80, service: {port: 81}}\n",
			"a.yaml:2:7: OllamaDeployment stack: spec.ollama.servicePort is 80 but spec.ollama.service.port is 81; remove one of them",
		},
		"aliased group": {
			"  ollama:\n    models: [\"llama2:7b\"]\n    service: &b {type: NodePort}\n  tabby:\n    service: *b\n    servicePort: 80\n",
			"a.yaml: " + errNotInPlace.Error(),
		},
		"comment in a flow mapping": {
			"  ollama: {models: [\"llama2:7b\"], servicePort: 80, # here\n    serviceType: NodePort}\n",
			"a.yaml: " + errNotInPlace.Error(),
		},
		"value below its key, beside a group": {
			"  ollama:\n    models: [a:b]\n    serviceType:\n        ClusterIP\n    service:\n        type: ClusterIP\n",
			"a.yaml:2:7: OllamaDeployment stack: " + errNotInPlace.Error(),
		},
		"value below its key, beside a flow group": {
			"  ollama: {models: [a:b]}\n  openwebui:\n    service: {type: NodePort}\n    servicePort:\n      8080\n",
			"a.yaml:2:7: OllamaDeployment stack: " + errNotInPlace.Error(),
		},
		"value that ends below its key": {
			"  ollama:\n    models: [a:b]\n    serviceType: \"Cluster\\\n      IP\"\n    service: {type: ClusterIP}\n",
			"a.yaml:2:7: OllamaDeployment stack: " + errNotInPlace.Error(),
		},
		"string instead of a number": {
			"  ollama: {models: [\"llama2:7b\"], servicePort: lots}\n",
			"a.yaml:2:7: OllamaDeployment stack: cannot be decoded: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field OllamaSpec.spec.ollama.servicePort of type int32",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := File(manifest.File{Name: "a.yaml", Data: []byte(header + tc.spec)})
			require.Error(t, err)
			assert.Contains(t, err.Error(), tc.want)
		})
	}
}

// The migrated examples of the reference are equivalent to the samples.
func TestReferenceExamples(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Samples() {
		data, err := os.ReadFile(fixtures.ReferencePath(name))
		require.NoError(t, err)
		out := fixtures.Parse(t, migrate(t, string(data)))
		want := fixtures.Sample(t, name)
		assert.Equal(t, want.Kind, out.Kind)
		assert.Equal(t, fixtures.Defaulted(want).Spec, fixtures.Defaulted(out).Spec, name)
	}
}

// Whatever the file is, migrating again changes nothing, the result is read as the same objects, and each comment stays.
func FuzzFile(f *testing.F) {
	for _, name := range fixtures.Samples() {
		data, err := os.ReadFile(fixtures.ReferencePath(name))
		require.NoError(f, err)
		f.Add(string(data))
	}
	for _, spec := range []string{
		"  ollama: {servicePort: 80, models: [a], serviceType: 'NodePort'}", "  ollama:\n    service: {}\n    # a\n    servicePort: 80\r\n",
		"  ollama: &a\n    servicePort: \"80\"\n  tabby: *a", "  ollama:\n    ? servicePort\n    : 80\n    servicePort: |-\n      80",
		"  ollama:\n    serviceType:\n        ClusterIP\n    service:\n        type: ClusterIP\n", "  openwebui:\n    service: {type: NodePort}\n    servicePort:\n      8080\n",
	} {
		f.Add(header + spec)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := File(manifest.File{Name: "a.yaml", Data: []byte(text)})
		if err != nil {
			return
		}
		again, err := File(manifest.File{Name: "a.yaml", Data: out})
		require.NoError(t, err)
		assert.Equal(t, string(out), string(again))
		before, _ := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
		after, parseErrs := manifest.Parse(manifest.File{Name: "a.yaml", Data: out})
		assert.Empty(t, parseErrs)
		require.Len(t, after, len(before))
		for i, o := range before {
			assert.Equal(t, o.Name, after[i].Name)
			assert.ElementsMatch(t, fixtures.Comments(o.Node()), fixtures.Comments(after[i].Node()))
		}
	})
}
