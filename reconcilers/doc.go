// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package reconcilers applies the children of OllamaDeployments that admission has defaulted
// and checked: render, apply, observe, status. It decides and defaults nothing.
package reconcilers
