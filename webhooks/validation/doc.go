// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package validation decodes and validates OllamaDeployments, and returns errors, warnings and
// suggestions. It is pure, so that the webhooks and kubectl-llm agree.
package validation
