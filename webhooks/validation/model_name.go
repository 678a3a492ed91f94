// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

// ExplainModel returns why admission refuses the name of a model, with a suggestion if there is one,
// and "" if it accepts it.
func ExplainModel(name string) string { return explainModel(name) }
