// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// list prints the models of the object in the output format.
func (r *modelsRequest) list(w io.Writer, d *v1alpha1.OllamaDeployment) error {
	var err error
	switch r.output {
	case "name":
		for _, name := range d.Spec.Ollama.Models {
			if _, err = fmt.Fprintln(w, terminal.EscapeLine(string(name))); err != nil {
				break
			}
		}
	case "json", "yaml":
		var data []byte
		data, err = json.Marshal(struct {
			Models  []v1alpha1.ModelStatus  `json:"models"`
			Removed []v1alpha1.RemovedModel `json:"removedModels,omitempty"`
		}{status.Models(d), d.Status.RemovedModels})
		if err == nil {
			err = writeObject(w, 0, data, r.output)
		}
	default:
		options := printOptions(w, nil, time.Now())
		options.Wide = r.output == "wide"
		err = status.WriteModels(w, d, options)
	}
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// completeListed returns the listed models for shell completion, without those that are given
// already, and none if the object cannot be read.
func completeListed(ctx context.Context, flags *genericclioptions.ConfigFlags, name string, given []string) []string {
	c, err := newObjectClient(flags, rest.NoWarnings{})
	if err != nil {
		return nil
	}
	d, err := c.get(ctx, name)
	if err != nil {
		return nil
	}
	var out []string
	for _, model := range d.Spec.Ollama.Models {
		if !slices.Contains(given, string(model)) {
			out = append(out, string(model))
		}
	}
	return out
}
