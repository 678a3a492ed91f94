// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// A configCase is a row of the tests of Tabby's configuration: Ollama's models, further fields of
// Tabby, and texts that the configuration contains.
type configCase struct {
	models string
	tabby  string
	want   []string
}

func testConfig(t *testing.T, cases map[string]configCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := configOf(t, fixtures.Defaulted(fixtures.Parse(t, `
metadata: {name: code}
spec:
  ollama: {models: `+tc.models+`}
  tabby: {enabled: true`+tc.tabby+`}
`)))
			for _, want := range tc.want {
				assert.Contains(t, text, want)
			}
			assert.Contains(t, text, "[model.embedding.http]")
			if strings.Contains(tc.tabby, "ollamaServiceName") {
				assert.NotContains(t, text, "llama2", "another Ollama may not have this object's models")
			}
		})
	}
}

func TestTabbyModels(t *testing.T) {
	t.Parallel()
	testConfig(t, map[string]configCase{
		"uses a single code model for everything": {
			models: `["codellama:7b"]`,
			want:   []string{"model_name = 'codellama:7b'", "<PRE> {prefix} <SUF>{suffix} <MID>"},
		},
		"uses a model for completion, chat and embedding each": {
			models: `["mistral:7b", "starcoder2:3b", "nomic-embed-text:latest"]`,
			want: []string{
				"model_name = 'starcoder2:3b'", "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
				"model_name = 'mistral:7b'", "model_name = 'nomic-embed-text:latest'",
			},
		},
		"uses modelName with another Ollama": {
			models: `["llama2:7b"]`,
			tabby:  `, ollamaServiceName: shared.llm, ollamaServicePort: 80, modelName: "codegemma:2b"`,
			want:   []string{"api_endpoint = 'http://shared.llm:80'", "api_endpoint = 'http://shared.llm:80/v1'", "model_name = 'codegemma:2b'"},
		},
	})
}

func TestTabbyFillInTheMiddle(t *testing.T) {
	t.Parallel()
	testConfig(t, map[string]configCase{
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
		"deepseek-coder": {
			models: `["deepseek-coder-v2:16b"]`,
			want:   []string{"<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>"},
		},
	})
}

func TestConfigChangeRollsTabby(t *testing.T) {
	t.Parallel()
	d := fixtures.Defaulted(fixtures.Sample(t, "tabby"))
	before := hashOf(t, d)
	d.Spec.Tabby.OllamaServiceName = new("other")
	assert.NotEqual(t, before, hashOf(t, d))
}

// The variable is set if there is an embedding model, unless the user sets it.
func TestTabbyEmbedding(t *testing.T) {
	t.Parallel()
	const variable = "TABBY_EMBEDDING_ENABLED"
	for name, tc := range map[string]struct{ models, tabby, want string }{
		"embedding model":                {`"codellama:7b", "nomic-embed-text:latest"`, "", "value: \"yes\""},
		"no embedding model":             {`"codellama:7b"`, "", ""},
		"preserves the user's value":     {`"codellama:7b", "nomic-embed-text:latest"`, `, envVars: [{name: TABBY_EMBEDDING_ENABLED, value: "no"}]`, "value: \"no\""},
		"preserves the user's reference": {`"codellama:7b", "nomic-embed-text:latest"`, `, envVars: [{name: TABBY_EMBEDDING_ENABLED, valueFrom: {configMapKeyRef: {name: a, key: b}}}]`, "valueFrom:"},
		"another Ollama":                 {`"codellama:7b", "nomic-embed-text:latest"`, `, ollamaServiceName: shared`, ""},
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

// configOf returns config.toml of Tabby's ConfigMap.
func configOf(t *testing.T, d *v1alpha1.OllamaDeployment) string {
	t.Helper()
	var config struct {
		Data map[string]string `json:"data"`
	}
	decodeChild(t, d, render.KindConfigMap.Kind, &config)
	return config.Data["config.toml"]
}

// hashOf returns the hash of the configuration in Tabby's pod template.
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

// decodeChild decodes Tabby's child of the kind.
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
