// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package registrycheck asks registries whether the models of objects exist, and whether there is enough storage
// and memory for them. Admission never does: only the user of kubectl-llm decides which hosts it asks.
package registrycheck

import (
	"context"
	"net/http"
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/internal/ollama"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// An Object is a valid OllamaDeployment with all defaults, and where it is written.
type Object struct {
	manifest.Object
	*v1alpha1.OllamaDeployment
}

// Check asks the registries about the models of the objects, and returns the findings with those about the
// models. Each model is asked for once, and a registry that cannot be reached is asked once. Warnings about
// memory that are estimated from the names of models are replaced by those from the sizes of models.
func Check(ctx context.Context, client *http.Client, objects []Object, findings []check.Finding) []check.Finding {
	var sources []source
	for _, o := range objects {
		for _, model := range models(o.OllamaDeployment) {
			sources = append(sources, model.source)
		}
	}
	answers := ask(ctx, client, sources)
	asked := map[id]bool{}
	found := make([]check.Finding, 0, len(objects))
	for _, o := range objects {
		asked[id{o.File, o.Position()}] = true
		found = append(found, compare(o, answers)...)
	}
	findings = slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool {
		return f.Rule == check.RuleWarning && f.Path == validation.MemoryLimitPath && asked[id{f.File, f.ObjectAt}]
	})
	findings = append(findings, found...)
	check.Sort(findings)
	return findings
}

// An id identifies an object.
type id struct {
	file string
	at   manifest.Position
}

// A model is a model of an object that Ollama pulls.
type model struct {
	name  ollama.ModelName
	index int
	source
	mirrored bool
}

// A source is where a model is pulled from.
type source struct {
	name     ollama.ModelName
	insecure bool
}

// models returns the models of the object that are pulled: all but those of the cloud.
func models(d *v1alpha1.OllamaDeployment) []model {
	registries := d.Spec.Ollama.Source.Registries()
	var out []model
	for i, listed := range d.Spec.Ollama.Models {
		name := listed.Name()
		if name.IsCloud() {
			continue
		}
		from := registries.Download(name)
		out = append(out, model{name, i, source{ollama.ModelName(from.From), from.Insecure}, from.IsMirrored()})
	}
	return out
}
