// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package render renders the apply configurations of the children of a defaulted
// OllamaDeployment. It is pure: the result depends only on the object, so that kubectl-llm prints
// exactly what the operator applies.
package render
