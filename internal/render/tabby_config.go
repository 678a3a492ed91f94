// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama"
)

// tabbyFile represents the sections of Tabby's config.toml that the operator writes.
//
// Source: TabbyML/tabby, website/docs/references/models-http-api/ollama.md.
type tabbyFile struct {
	Model struct {
		Completion tabbyModel `toml:"completion"`
		Chat       tabbyModel `toml:"chat"`
		Embedding  tabbyModel `toml:"embedding"`
	} `toml:"model"`
}

type tabbyModel struct {
	HTTP tabbyEndpoint `toml:"http"`
}

type tabbyEndpoint struct {
	Kind           string `toml:"kind"`
	ModelName      string `toml:"model_name"`
	APIEndpoint    string `toml:"api_endpoint"`
	PromptTemplate string `toml:"prompt_template,omitempty"`
}

// tabbyConfig returns a config.toml that uses Ollama for completion, chat and embedding. Without
// the embedding section, Tabby starts its own model server, which requires a GPU and Internet
// access.
func tabbyConfig(d *v1alpha1.OllamaDeployment) (string, error) {
	models := tabbyModelsOf(d)
	url := tabbyOllamaAddress(d)
	var file tabbyFile
	template, _ := models.completion.FillInTheMiddle()
	file.Model.Completion.HTTP = tabbyEndpoint{
		Kind: "ollama/completion", ModelName: models.completion.Short(), APIEndpoint: url, PromptTemplate: template,
	}
	file.Model.Chat.HTTP = tabbyEndpoint{
		Kind: "openai/chat", ModelName: models.chat.Short(), APIEndpoint: url + "/v1",
	}
	file.Model.Embedding.HTTP = tabbyEndpoint{
		Kind: "ollama/embedding", ModelName: models.embedding.Short(), APIEndpoint: url,
	}
	var text strings.Builder
	if err := toml.NewEncoder(&text).Encode(file); err != nil {
		return "", fmt.Errorf("encoding %s: %w", configFile, err)
	}
	return text.String(), nil
}

// tabbyOllamaAddress returns the URL of the Ollama that Tabby uses. The port in the spec is not
// used for the object's own Ollama, so that changing it does not restart pods.
func tabbyOllamaAddress(d *v1alpha1.OllamaDeployment) string {
	tabby := d.Spec.Tabby
	switch {
	case tabby.OllamaServiceName == nil:
		return ownOllamaAddress(d)
	case d.TabbyUsesOwnOllama():
		return fmt.Sprintf("http://%s:%d", *tabby.OllamaServiceName, v1alpha1.DefaultOllamaPort)
	default:
		return fmt.Sprintf("http://%s:%d", *tabby.OllamaServiceName, ptr.Deref(tabby.OllamaServicePort, 0))
	}
}

// TabbyNeeds returns the models that Tabby's pods wait for, and the URL of the Ollama that has to
// provide them. Tabby must be enabled.
func TabbyNeeds(d *v1alpha1.OllamaDeployment) (models []ollama.ModelName, address string) {
	return tabbyModelsOf(d).distinct(), tabbyOllamaAddress(d)
}

// tabbyModels assigns models to the tasks of Tabby.
type tabbyModels struct{ completion, chat, embedding ollama.ModelName }

// tabbyModelsOf returns tabby.modelName for completion, the first model that is neither a code nor
// an embedding model for chat, and the first embedding model. Without such a model, and with another
// Ollama, whose models are not known, tabby.modelName is used instead.
func tabbyModelsOf(d *v1alpha1.OllamaDeployment) tabbyModels {
	named := ptr.Deref(d.Spec.Tabby.ModelName, "").Name()
	choice := tabbyModels{completion: named, chat: named, embedding: named}
	if !d.TabbyUsesOwnOllama() {
		return choice
	}
	for _, listed := range d.Spec.Ollama.Models {
		model := listed.Name()
		switch {
		case model.IsEmbedding():
			if choice.embedding == named {
				choice.embedding = model
			}
		case !model.IsCode():
			if choice.chat == named {
				choice.chat = model
			}
		}
	}
	return choice
}

// distinct returns each model once.
func (c tabbyModels) distinct() []ollama.ModelName {
	var out []ollama.ModelName
	for _, model := range []ollama.ModelName{c.completion, c.chat, c.embedding} {
		known := false
		for _, other := range out {
			known = known || model.IsSame(other)
		}
		if !known {
			out = append(out, model)
		}
	}
	return out
}
