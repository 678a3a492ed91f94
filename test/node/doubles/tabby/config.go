// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// A config is config.toml, as far as it is about models.
type config struct {
	Model struct {
		Completion, Chat, Embedding *struct {
			HTTP *endpoint `toml:"http"`
		}
	} `toml:"model"`
}

type endpoint struct {
	Kind           string `toml:"kind"`
	ModelName      string `toml:"model_name"`
	APIEndpoint    string `toml:"api_endpoint"`
	PromptTemplate string `toml:"prompt_template"`
}

// models are the endpoints of the configured models, by purpose.
type models map[string]*endpoint

// kinds are the kinds of endpoints that the original knows, as far as they are of Ollama.
var kinds = map[string][]string{
	"completion": {"ollama/completion", "openai/completion", "openai/legacy_completion"},
	"chat":       {"openai/chat"},
	"embedding":  {"ollama/embedding", "openai/embedding"},
}

func readConfig(path string) (models, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	var c config
	if err := toml.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	found := models{}
	if c.Model.Completion != nil {
		found["completion"] = c.Model.Completion.HTTP
	}
	if c.Model.Chat != nil {
		found["chat"] = c.Model.Chat.HTTP
	}
	if c.Model.Embedding != nil {
		found["embedding"] = c.Model.Embedding.HTTP
	}
	return found, nil
}

// check returns an error where the original fails when it creates the models.
func (m models) check() error {
	if m["embedding"] == nil {
		return errors.New("no embedding endpoint: llama-server: error while loading shared libraries: libcuda.so.1")
	}
	for purpose, e := range m {
		switch {
		case e == nil:
			return fmt.Errorf("the model for %s is local, which needs huggingface.co", purpose)
		case !slices.Contains(kinds[purpose], e.Kind):
			return fmt.Errorf("unsupported model kind: %s", e.Kind)
		case e.ModelName == "" && e.PromptTemplate != "":
			return errors.New("a prompt template needs a model name")
		case strings.HasPrefix(e.Kind, "ollama/"):
			if err := e.show(); err != nil {
				return err
			}
		}
	}
	return nil
}

// show asks Ollama for the model, which has to be there.
func (e *endpoint) show() error {
	if base, err := url.Parse(e.APIEndpoint); err != nil || strings.Trim(base.Path, "/") != "" {
		return fmt.Errorf("the endpoint %q of Ollama has a path or is no URL", e.APIEndpoint)
	}
	body, err := json.Marshal(map[string]string{"model": e.ModelName})
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 10 * time.Second}
	response, err := client.Post(strings.TrimSuffix(e.APIEndpoint, "/")+"/api/show", "application/json", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("failed to connect to Ollama: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("model %s not found (%s), and TABBY_OLLAMA_ALLOW_PULL is not set", e.ModelName, response.Status)
	}
	log.Printf("%s: model %s found", e.Kind, e.ModelName)
	return nil
}
