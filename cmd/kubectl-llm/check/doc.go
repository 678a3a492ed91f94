// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package check validates objects offline, as the API server and the operator's
// webhooks would on creation.
package check
