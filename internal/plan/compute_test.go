// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// base is a small object with all components, and status what its status may have.
const (
	base = `
metadata: {name: a, namespace: team, uid: "1"}
spec:
  ollama: {models: ["llama3.2:3b", "qwen2.5-coder:7b"]}
  openwebui: {enabled: true, ingress: {enabled: true, host: chat.example.com}}
  tabby: {enabled: true}
`
	status = `
status:
  observedGeneration: 1
  models:
    - {name: "llama3.2:3b", size: 2Gi, lastPulled: "2026-01-02T03:04:05Z"}
    - {name: "qwen2.5-coder:7b", size: 5Gi, digest: abc, pods: 1/1}
`
	stored = `
metadata: {name: a, namespace: team, uid: "1"}
spec:
  ollama: {models: ["llama3.2:3b"], resources: {requests: {storage: 10Gi}}}
  openwebui: {enabled: true, resources: {requests: {storage: 1Gi}}}
`
	chat = `
metadata: {name: a, namespace: team, uid: "1"}
spec:
  ollama: {models: ["llama3.2:3b"]}
  openwebui:
    enabled: true
    imageTag: v1
    replicas: 2
    database: {urlSecretRef: {name: db}}
    redis: {urlSecretRef: {name: redis}}
    resources: {requests: {storage: 1Gi}}
    route: {parentRefs: [{name: web, namespace: gateways}], hostnames: [chat.example.com]}
`
)

// edits are merge patches of objects.
var edits = map[string]struct{ object, patch string }{
	"paused":                             {stored, `{spec: {paused: true, ollama: {imageTag: "0.12"}}}`},
	"nothing":                            {base, `{}`},
	"a tag without storage":              {base + status, `{spec: {ollama: {imageTag: "0.12"}}}`},
	"a tag with storage":                 {stored, `{spec: {ollama: {imageTag: "0.12"}}}`},
	"a tag with an external database":    {chat, `{spec: {openwebui: {imageTag: v2}}}`},
	"another database":                   {chat, `{spec: {openwebui: {database: {urlSecretRef: {name: other}}}}}`},
	"a model more":                       {base + status, `{spec: {ollama: {models: ["llama3.2:3b", "qwen2.5-coder:7b", "llama3.3:70b"]}}}`},
	"a model less":                       {base + status, `{spec: {ollama: {models: ["qwen2.5-coder:7b"]}}}`},
	"a model less that was there before": {base + status, `{spec: {ollama: {models: ["llama3.2:3b"]}}}`},
	"a model less that is kept":          {base + status, `{spec: {ollama: {modelRemovalPolicy: Keep, models: ["qwen2.5-coder:7b"]}}}`},
	"the port of Ollama":                 {base, `{spec: {ollama: {service: {port: 80}}}}`},
	"a load balancer":                    {base, `{spec: {openwebui: {service: {type: LoadBalancer}}}}`},
	"another host":                       {base, `{spec: {openwebui: {ingress: {host: talk.example.com}}}}`},
	"a certificate":                      {base, `{spec: {openwebui: {ingress: {tls: {secretName: cert, hosts: [chat.example.com]}}}}}`},
	"no ingress":                         {base, `{spec: {openwebui: {ingress: {enabled: false}}}}`},
	"a component less":                   {base, `{spec: {openwebui: {enabled: false}}}`},
	"a component absent":                 {stored, `{spec: {openwebui: null}}`},
	"more replicas":                      {base + status, `{spec: {ollama: {replicas: 3}}}`},
	"storage":                            {base + status, `{spec: {ollama: {resources: {requests: {storage: 10Gi}}}}}`},
	"storage of Open WebUI":              {base, `{spec: {openwebui: {resources: {requests: {storage: 1Gi}}}}}`},
	"more storage":                       {stored, `{spec: {ollama: {resources: {requests: {storage: 20Gi}}}}}`},
	"no storage":                         {stored, `{spec: {ollama: {resources: {requests: {storage: null}}}}}`},
	"a variable":                         {base, `{spec: {tabby: {envVars: [{name: A, value: b}]}}}`},
	"privileges":                         {stored, `{spec: {security: {profile: Restricted}}}`},
	"network policies":                   {base, `{spec: {networkPolicy: {enabled: true}}}`},
	"hosts of a route":                   {chat, `{spec: {openwebui: {route: {hostnames: [talk.example.com]}}}}`},
	"fields that restart, and some that do not": {base, `{spec: {ollama: {imageTag: "0.12", replicas: 2, models: ["llama3.2:3b"]}, tabby: {service: {port: 90}}}}`},
	"a limit of memory":                         {base, `{spec: {ollama: {resources: {limits: {memory: 32Gi}}}}}`},
	"a tag, with updates on a rollout":          {stored, `{spec: {ollama: {imageTag: "0.12", modelUpdatePolicy: OnRollout}}}`},
	"a refresh of models":                       {stored, `{metadata: {annotations: {llm.geeper.io/refresh-models: "2"}}}`},
	"a model more, perhaps in an image": {
		base + status,
		`{spec: {ollama: {modelImages: [{reference: "registry.example.com/models:1"}], models: ["llama3.2:3b", "qwen2.5-coder:7b", "llama3.3:70b"]}}}`,
	},
	"labels": {base, `{metadata: {labels: {a: b}}}`},
}

// updated returns the stored object and what the patch makes of it.
func updated(t testing.TB, object, patch string) (before, after *v1alpha1.OllamaDeployment) {
	t.Helper()
	before = fixtures.Defaulted(fixtures.Parse(t, object))
	data, err := json.Marshal(before)
	require.NoError(t, err)
	edit, err := yaml.YAMLToJSON([]byte(patch))
	require.NoError(t, err)
	merged, err := jsonpatch.MergePatch(data, edit)
	require.NoError(t, err)
	after = &v1alpha1.OllamaDeployment{}
	require.NoError(t, json.Unmarshal(merged, after))
	after.DefaultUpdate(before)
	return before, after
}

// text returns the plan and its warning without the content of children.
func text(t *testing.T, p Plan) string {
	t.Helper()
	warning := Warning(p)
	for i := range p.Children {
		p.Children[i].Before, p.Children[i].After = nil, nil
	}
	data, err := yaml.Marshal(p)
	require.NoError(t, err)
	return "# " + warning + "\n" + string(data)
}

func TestEdits(t *testing.T) {
	t.Parallel()
	var files []string
	for name, tc := range edits {
		file := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), " ", "-"), ",", "") + ".yaml"
		files = append(files, file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := updated(t, tc.object, tc.patch)
			p, err := Compute(Input{Old: before, New: after})
			require.NoError(t, err)
			golden.Equal(t, filepath.Join("testdata", file), text(t, p))
		})
	}
	t.Run("files", func(t *testing.T) {
		t.Cleanup(func() { golden.OnlyFiles(t, "testdata", append(files, "created.yaml", "deleted.yaml")) })
	})
}

func TestCreatedAndDeleted(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Parse(t, stored))
	p, err := Compute(Input{New: d})
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("testdata", "created.yaml"), text(t, p))
	p, err = Compute(Input{Old: d})
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("testdata", "deleted.yaml"), text(t, p))
	_, err = Compute(Input{})
	assert.EqualError(t, err, "there is no object to plan for")
}

// BenchmarkCompute measures the plan of an update that restarts two components, as a whole and as admission needs it.
func BenchmarkCompute(b *testing.B) {
	before, after := updated(b, base, `{spec: {ollama: {imageTag: "0.12"}}}`)
	for name, brief := range map[string]bool{"whole": false, "brief": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Compute(Input{Old: before, New: after, Brief: brief})
				require.NoError(b, err)
			}
		})
	}
}
