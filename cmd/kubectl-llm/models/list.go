// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package models edits the list of models of an OllamaDeployment, and knows who else does. It is pure.
package models

import (
	"errors"
	"fmt"
	"slices"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Parse returns the names without those that repeat another, or why admission would refuse them.
func Parse(names []string) ([]v1alpha1.OllamaModel, error) {
	var errs []error
	out := make([]v1alpha1.OllamaModel, 0, len(names))
	for _, name := range names {
		if why := validation.ExplainModel(name); why != "" {
			errs = append(errs, fmt.Errorf("%q: %s", name, why))
			continue
		}
		if model := v1alpha1.OllamaModel(name); Find(out, model) < 0 {
			out = append(out, model)
		}
	}
	return out, errors.Join(errs...)
}

// Find returns the index of the model in the list, under any of its names, and -1 if it is not listed.
func Find(list []v1alpha1.OllamaModel, model v1alpha1.OllamaModel) int {
	return slices.IndexFunc(list, func(listed v1alpha1.OllamaModel) bool { return listed.Name().IsSame(model.Name()) })
}

// Without returns the list without the models.
func Without(list, models []v1alpha1.OllamaModel) []v1alpha1.OllamaModel {
	out := make([]v1alpha1.OllamaModel, 0, len(list))
	for _, listed := range list {
		if Find(models, listed) < 0 {
			out = append(out, listed)
		}
	}
	return out
}
