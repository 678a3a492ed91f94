// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Debt returns what updates of a stored object tolerate: the errors that ValidateCreate would return for its spec,
// and the deprecated fields that are set, each with a warning. Defaults that it lacks are added first.
func Debt(d *v1alpha1.OllamaDeployment, opts Options) (errs field.ErrorList, deprecated []Warning) {
	stored := d.DeepCopy()
	stored.DefaultUpdate(d)
	for _, one := range deprecations(stored) {
		deprecated = append(deprecated, warn(one.path, warnDeprecated, one.replacement)...)
	}
	deprecated = append(deprecated, ignoredFieldWarnings(stored)...)
	return Shorten(specErrors(stored, opts)), deprecated
}
