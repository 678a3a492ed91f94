// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Whatever the names are, Tabby's configuration has them as values, and nothing else than without them.
func FuzzTabbyConfig(f *testing.F) {
	for _, payload := range fixtures.Payloads() {
		f.Add("codellama:7b", payload)
		f.Add(payload, "other.team.svc")
	}
	f.Fuzz(func(t *testing.T, model, service string) {
		if !utf8.ValidString(model + service) {
			t.Skip("JSON has no such strings")
		}
		d := fixtures.Defaulted(fixtures.Parse(t, "{metadata: {name: stack}, spec: {ollama: {models: [\"llama2:7b\"]}, tabby: {enabled: true, ollamaServicePort: 80}}}"))
		d.Spec.Tabby.ModelName, d.Spec.Tabby.OllamaServiceName = new(v1alpha1.OllamaModel(model)), &service
		if d.TabbyUsesOwnOllama() {
			return
		}
		type section struct {
			HTTP struct {
				Kind           string `toml:"kind"`
				ModelName      string `toml:"model_name"`
				APIEndpoint    string `toml:"api_endpoint"`
				PromptTemplate string `toml:"prompt_template"`
			} `toml:"http"`
		}
		var file struct {
			Model map[string]section `toml:"model"`
		}
		text := configFile(t, d)
		require.NoError(t, toml.Unmarshal([]byte(text), &file), text)
		assert.Len(t, file.Model, 3)
		for task, path := range map[string]string{"completion": "", "chat": "/v1", "embedding": ""} {
			assert.Equal(t, d.Spec.Tabby.ModelName.Name().Short(), file.Model[task].HTTP.ModelName)
			assert.Equal(t, "http://"+service+":80"+path, file.Model[task].HTTP.APIEndpoint)
		}
	})
}

// configFile returns Tabby's configuration as it is: configOf decodes YAML, which has no control characters.
func configFile(t *testing.T, d *v1alpha1.OllamaDeployment) string {
	t.Helper()
	for _, object := range objectsOf(t, d) {
		if config, is := object.Config.(*applycorev1.ConfigMapApplyConfiguration); is && config.Data["config.toml"] != "" {
			return config.Data["config.toml"]
		}
	}
	require.Fail(t, "there is no configuration")
	return ""
}
