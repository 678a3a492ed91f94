// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package webhooks implements the mutating and the validating webhook for OllamaDeployments. The
// handlers apply the defaults of the API and the rules of package validation, limit the resources
// that requests use, and record metrics.
package webhooks
