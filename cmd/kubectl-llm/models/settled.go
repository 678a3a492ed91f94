// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"strings"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	ollamaclient "github.com/geeper-io/llm-operator/internal/ollama/client"
)

// HasFailed reports whether a model failed in some pod for a reason that further attempts do not
// change. The message names each reason, with its pods in parentheses.
func HasFailed(m v1alpha1.ModelStatus) bool {
	if m.Phase != v1alpha1.ModelFailed {
		return false
	}
	for failure := range strings.SplitSeq(m.Message, "; ") {
		if at := strings.LastIndex(failure, " ("); at >= 0 {
			failure = failure[:at]
		}
		if ollamaclient.IsFinalMessage(failure) {
			return true
		}
	}
	return false
}
