// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package validation decides whether an OllamaDeployment is admitted: it decodes objects
// leniently, checks them against all rules, and warns about what may surprise. It is pure,
// so that the webhooks and the command line give the same answers.
package validation
