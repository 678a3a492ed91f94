// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package fix applies to manifests what the messages about their errors suggest. It edits the text in place, so
// that comments, order and layout are preserved.
package fix
