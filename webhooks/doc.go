// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package webhooks serves the admission of OllamaDeployments: the handlers apply the API's
// defaults and the rules of package validation, within bounds, and count what they did.
package webhooks
