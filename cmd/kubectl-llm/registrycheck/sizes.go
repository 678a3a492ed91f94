// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package registrycheck

import (
	"context"
	"net/http"
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A Size is how much a model takes to download.
type Size struct {
	// Bytes is the sum of its blobs.
	Bytes int64
	// Unknown says why the registry does not tell, "" if it does.
	Unknown string
}

// Sizes asks the registries for the sizes of the named ones of the models that the object lists. Models that are not
// pulled, such as those of the cloud, have none.
func Sizes(ctx context.Context, client *http.Client, d *v1alpha1.OllamaDeployment, names []string) map[string]Size {
	var asked []model
	var sources []source
	for _, m := range models(d) {
		if slices.Contains(names, string(d.Spec.Ollama.Models[m.index])) {
			asked, sources = append(asked, m), append(sources, m.source)
		}
	}
	answers, out := ask(ctx, client, sources), map[string]Size{}
	for _, m := range asked {
		got, size := answers[m.source], Size{}
		if got.err != nil {
			_, size.Unknown = describe(m, got.err)
		}
		for _, blob := range got.Blobs {
			size.Bytes += blob
		}
		out[string(d.Spec.Ollama.Models[m.index])] = size
	}
	return out
}
