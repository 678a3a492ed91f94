// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/status"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// debtUnder returns a function that says what admission tolerates in a stored object. The values that errors are
// about are left out.
func debtUnder(opts validation.Options) func(*v1alpha1.OllamaDeployment) status.Debt {
	return func(d *v1alpha1.OllamaDeployment) status.Debt {
		errs, deprecated := validation.Debt(d, opts)
		var out status.Debt
		for _, err := range errs {
			text := err.Field + ": " + err.Type.String()
			if err.Detail != "" {
				text += ": " + err.Detail
			}
			out.ToleratedErrors = append(out.ToleratedErrors, text)
		}
		for _, warning := range deprecated {
			out.DeprecatedFields = append(out.DeprecatedFields, warning.String())
		}
		return out
	}
}
