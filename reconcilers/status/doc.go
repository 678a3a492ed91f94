// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package status computes the status and the conditions of an OllamaDeployment, and the events for
// changed conditions. It is pure: the result depends only on what the reconcilers have observed and
// on the time that they pass.
package status
