// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// Every object of every case is a file testdata/<case>/<kind>-<name>.yaml.
func TestObjects(t *testing.T) {
	t.Parallel()
	cases := map[string]*v1alpha1.OllamaDeployment{}
	for _, name := range fixtures.Samples() {
		cases[name] = fixtures.Sample(t, name)
	}
	for name, text := range variants {
		cases[name] = fixtures.Parse(t, text)
	}
	for name, d := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d.UID = types.UID("00000000-0000-0000-0000-000000000000")
			if d.Namespace == "" {
				d.Namespace = "default"
			}
			d.Default()
			folder := filepath.Join("testdata", name)
			var files []string
			for _, object := range objectsOf(t, d) {
				text, err := yaml.Marshal(object.Config)
				require.NoError(t, err)
				file := strings.ToLower(object.Kind.Kind) + "-" + object.Name + ".yaml"
				golden.Equal(t, filepath.Join(folder, file), string(text))
				files = append(files, file)
			}
			golden.OnlyFiles(t, folder, files)
		})
	}
}

var variants = map[string]string{
	"shared-storage": `
metadata: {name: shared}
spec:
  ollama:
    replicas: 2
    models: ["llama2:7b"]
    resources: {requests: {storage: 100Gi}}
  openwebui:
    enabled: true
    replicas: 2
    resources: {requests: {storage: 5Gi}}
`,
	"storage": `
metadata: {name: kept}
spec:
  ollama:
    models: ["llama2:7b"]
    resources: {requests: {cpu: "1", storage: 100Gi}, limits: {storage: 200Gi}}
  openwebui:
    enabled: true
    resources: {requests: {storage: 5Gi}}
  tabby:
    enabled: true
    replicas: 2
    resources: {limits: {storage: 5Gi}}
`,
	"gpu": `
metadata: {name: fast}
spec:
  ollama:
    models: ["llama2:70b"]
    resources: {requests: {memory: 8Gi}, limits: {nvidia.com/gpu: 2}}
  tabby:
    enabled: true
    resources: {limits: {amd.com/gpu: 1}}
`,
	"ingress-tls-class": `
metadata: {name: web}
spec:
  ollama:
    models: ["llama2:7b"]
  openwebui:
    enabled: true
    service: {type: NodePort, port: 80}
    ingress:
      enabled: true
      host: chat.example.com
      className: nginx
      annotations: {nginx.ingress.kubernetes.io/proxy-body-size: "0"}
      tls: {hosts: ["*.example.com"], secretName: chat-tls}
`,
	"tabby-env-volumes": `
metadata: {name: code}
spec:
  ollama:
    imageTag: 0.12.6@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    models: ["mistral:7b", "qwen2.5-coder:7b", "nomic-embed-text:v1.5"]
    service: {port: 80}
  tabby:
    enabled: true
    envVars:
      - {name: TABBY_DISABLE_USAGE_COLLECTION, value: "1"}
      - {name: TOKEN, valueFrom: {secretKeyRef: {name: code, key: token}}}
    volumes:
      - {name: repositories, persistentVolumeClaim: {claimName: repositories}}
    volumeMounts:
      - {name: repositories, mountPath: /data/repositories, readOnly: true}
`,
	"replicas": `
metadata: {name: many}
spec:
  ollama: {models: ["llama2:7b"], replicas: 10}
  openwebui: {enabled: true, replicas: 5}
  tabby: {enabled: true, replicas: 5}
`,
	"external-ollama": `
metadata: {name: code}
spec:
  ollama: {models: ["llama2:7b", "nomic-embed-text:latest"]}
  tabby:
    enabled: true
    ollamaServiceName: shared.llm
    ollamaServicePort: 80
    modelName: codegemma:2b
`,
	"models-of-a-registry": `
metadata: {name: code}
spec:
  ollama: {models: ["hf.co/bartowski/DeepSeek-Coder-V2-Lite-GGUF:Q4_K_M", "registry.ollama.ai/library/llama2:7b", "library/all-minilm:l6"]}
  tabby: {enabled: true}
`,
	"disabled": `
metadata: {name: plain}
spec:
  ollama:
    models: ["llama2:7b"]
  openwebui: {enabled: false, ingress: {enabled: true, host: chat.example.com}}
  tabby: {enabled: false}
`,
}

func TestObjectsArePure(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "tabby-advanced"))
	before := d.DeepCopy()
	first, second := objectsOf(t, d), objectsOf(t, d)
	assert.Equal(t, first, second)
	assert.Equal(t, before, d, "rendering changes its argument")
}

func TestObjectsOfUndefaulted(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*v1alpha1.OllamaDeployment{
		"empty": {},
		"enabled and empty": {Spec: v1alpha1.OllamaDeploymentSpec{
			OpenWebUI: &v1alpha1.OpenWebUISpec{Enabled: new(true), Ingress: &v1alpha1.IngressSpec{Enabled: new(true)}},
			Tabby:     &v1alpha1.TabbySpec{Enabled: new(true), Ingress: &v1alpha1.IngressSpec{Enabled: new(true)}},
		}},
		"minimal": fixtures.Sample(t, "minimal"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NotPanics(t, func() { objectsOf(t, d) })
		})
	}
}

// The fill-in-the-middle template and who does what depend on the models.
func TestTabbyConfig(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		models string
		tabby  string
		want   []string
	}{
		"codellama alone does everything": {
			models: `["codellama:7b"]`,
			want:   []string{"model_name = 'codellama:7b'", "<PRE> {prefix} <SUF>{suffix} <MID>"},
		},
		"each to its own": {
			models: `["mistral:7b", "starcoder2:3b", "nomic-embed-text:latest"]`,
			want: []string{
				"model_name = 'starcoder2:3b'", "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
				"model_name = 'mistral:7b'", "model_name = 'nomic-embed-text:latest'",
			},
		},
		"starcoder": {
			models: `["starcoder:1b"]`, want: []string{"<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"},
		},
		"codeqwen": {
			models: `["codeqwen:7b"]`, want: []string{"<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"},
		},
		"qwen2.5-coder": {
			models: `["qwen2.5-coder:7b"]`, want: []string{"<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"},
		},
		"codegemma": {
			models: `["codegemma:2b"]`, want: []string{"<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"},
		},
		"codestral": {
			models: `["codestral:22b"]`, want: []string{"[SUFFIX]{suffix}[PREFIX]{prefix}"},
		},
		"deepseek's marks are not ASCII": {
			models: `["deepseek-coder-v2:16b"]`,
			want:   []string{"<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>"},
		},
		"another Ollama": {
			models: `["llama2:7b"]`,
			tabby:  `, ollamaServiceName: shared.llm, ollamaServicePort: 80, modelName: "codegemma:2b"`,
			want:   []string{"api_endpoint = 'http://shared.llm:80'", "api_endpoint = 'http://shared.llm:80/v1'", "model_name = 'codegemma:2b'"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: code}
spec:
  ollama: {models: `+tc.models+`}
  tabby: {enabled: true`+tc.tabby+`}
`))
			text := configOf(t, d)
			for _, want := range tc.want {
				assert.Contains(t, text, want)
			}
			assert.Contains(t, text, "[model.embedding.http]")
			if name == "another Ollama" {
				assert.NotContains(t, text, "llama2", "what runs elsewhere is not known to have our models")
			}
		})
	}
}

func TestConfigChangeRollsTabby(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "tabby"))
	before := hashOf(t, d)
	d.Spec.Tabby.OllamaServiceName = new("other")
	assert.NotEqual(t, before, hashOf(t, d))
}

// Inside the stack Ollama's address does not change with the port of its Service.
func TestOllamaAddress(t *testing.T) {
	t.Parallel()
	render := func(service, tabby string) map[string]string {
		d := fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: stack, namespace: here}
spec:
  ollama: {models: ["codellama:7b"]`+service+`}
  openwebui: {enabled: true}
  tabby: {enabled: true`+tabby+`}
`))
		return texts(t, d)
	}
	before := render("", "")
	for name, tc := range map[string]struct{ service, tabby string }{
		"another port":                          {`, service: {port: 80}`, ""},
		"another port, which Tabby names":       {`, service: {port: 80}`, ", ollamaServicePort: 80"},
		"another port, and Tabby names the old": {`, service: {port: 80}`, ", ollamaServicePort: 11434"},
		"own Service named":                     {`, service: {port: 80}`, ", ollamaServiceName: stack-ollama"},
		"behind a load balancer":                {`, service: {port: 80, type: LoadBalancer}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := render(tc.service, tc.tabby)
			assert.Contains(t, after["Service stack-ollama"], "port: 80\n")
			assert.Contains(t, after["Service stack-ollama"], "port: 11434\n")
			delete(after, "Service stack-ollama")
			for object, text := range after {
				assert.Equal(t, before[object], text, object)
			}
		})
	}
	assert.Equal(t, 1, strings.Count(before["Service stack-ollama"], "targetPort: "), "one port is enough")
	qualified := render(", service: {port: 80}", ", ollamaServiceName: stack-ollama.here.svc, ollamaServicePort: 80")
	assert.Contains(t, qualified["ConfigMap stack-tabby"], "'http://stack-ollama.here.svc:11434'")
	assert.Contains(t, before["Deployment stack-openwebui"], "http://stack-ollama:11434\n")
	assert.Contains(t, before["ConfigMap stack-tabby"], "'http://stack-ollama:11434'")
}

// texts are the children as YAML, by kind and name.
func texts(t *testing.T, d *v1alpha1.OllamaDeployment) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, object := range objectsOf(t, d) {
		text, err := yaml.Marshal(object.Config)
		require.NoError(t, err)
		out[object.Kind.Kind+" "+object.Name] = string(text)
	}
	return out
}

// Tabby is told to use an embedding model where there is one, unless the user decides.
func TestTabbyEmbedding(t *testing.T) {
	t.Parallel()
	const variable = "TABBY_EMBEDDING_ENABLED"
	for name, tc := range map[string]struct{ models, tabby, want string }{
		"an embedding model":    {`"codellama:7b", "nomic-embed-text:latest"`, "", "value: \"yes\""},
		"none":                  {`"codellama:7b"`, "", ""},
		"the user's no":         {`"codellama:7b", "nomic-embed-text:latest"`, `, envVars: [{name: TABBY_EMBEDDING_ENABLED, value: "no"}]`, "value: \"no\""},
		"the user's, elsewhere": {`"codellama:7b", "nomic-embed-text:latest"`, `, envVars: [{name: TABBY_EMBEDDING_ENABLED, valueFrom: {configMapKeyRef: {name: a, key: b}}}]`, "valueFrom:"},
		"another Ollama's":      {`"codellama:7b", "nomic-embed-text:latest"`, `, ollamaServiceName: shared`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := texts(t, fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: code}
spec:
  ollama: {models: [`+tc.models+`]}
  tabby: {enabled: true`+tc.tabby+`}
`)))["Deployment code-tabby"]
			if tc.want == "" {
				assert.NotContains(t, text, variable)
				return
			}
			assert.Equal(t, 1, strings.Count(text, variable))
			_, after, _ := strings.Cut(text, variable+"\n")
			assert.True(t, strings.HasPrefix(strings.TrimSpace(after), tc.want), after)
		})
	}
}

// configOf is config.toml of Tabby's ConfigMap.
func configOf(t *testing.T, d *v1alpha1.OllamaDeployment) string {
	t.Helper()
	var config struct {
		Data map[string]string `json:"data"`
	}
	decodeChild(t, d, render.KindConfigMap.Kind, &config)
	return config.Data["config.toml"]
}

func hashOf(t *testing.T, d *v1alpha1.OllamaDeployment) string {
	t.Helper()
	var deployment struct {
		Spec struct {
			Template struct {
				Metadata struct {
					Annotations map[string]string `json:"annotations"`
				} `json:"metadata"`
			} `json:"template"`
		} `json:"spec"`
	}
	decodeChild(t, d, render.KindDeployment.Kind, &deployment)
	return deployment.Spec.Template.Metadata.Annotations[render.ConfigHashAnnotation]
}

func decodeChild(t *testing.T, d *v1alpha1.OllamaDeployment, kind string, into any) {
	t.Helper()
	for _, object := range objectsOf(t, d) {
		if object.Kind.Kind == kind && object.Name == v1alpha1.ChildName(d.Name, v1alpha1.ComponentTabby) {
			data, err := yaml.Marshal(object.Config)
			require.NoError(t, err)
			require.NoError(t, yaml.Unmarshal(data, into))
			return
		}
	}
	t.Fatalf("no %s for Tabby", kind)
}

// objectsOf returns the rendered children of d.
func objectsOf(t *testing.T, d *v1alpha1.OllamaDeployment) []render.Object {
	t.Helper()
	objects, err := render.Objects(d)
	require.NoError(t, err)
	return objects
}
