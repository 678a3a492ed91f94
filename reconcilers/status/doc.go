// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package status computes the status of an OllamaDeployment, its conditions, and the events
// that a change of them is worth. It is pure: it reads what the reconcilers have observed,
// and has neither a client nor a clock.
package status
