// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// Debt contains what admission tolerates in a stored spec. Each entry is the path of a field and a message.
type Debt struct {
	// ToleratedErrors are those that admission would reject in a new object.
	ToleratedErrors []string
	// DeprecatedFields are the deprecated fields that are set.
	DeprecatedFields []string
}

// maxDebts limits how many entries the message of the condition has.
const maxDebts = 10

// Condition returns the condition Debt without a transition time, nil if there is none.
func (d Debt) Condition() *metav1.Condition {
	reason := v1alpha1.ReasonToleratedErrors
	switch {
	case len(d.ToleratedErrors)+len(d.DeprecatedFields) == 0:
		return nil
	case len(d.ToleratedErrors) == 0:
		reason = v1alpha1.ReasonDeprecatedFields
	}
	all := slices.Concat(d.ToleratedErrors, d.DeprecatedFields)
	texts := make([]string, 0, maxDebts+1)
	for _, text := range all[:min(len(all), maxDebts)] {
		texts = append(texts, Clean(text, maxForeign))
	}
	if more := len(all) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	found := condition(v1alpha1.ConditionDebt, metav1.ConditionTrue, reason, strings.Join(texts, "; "))
	return &found
}
