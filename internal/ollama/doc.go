// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package ollama knows Ollama's model names: their grammar, and what they reveal of a
// model's memory, purpose and fill-in-the-middle prompt. It is pure.
package ollama
