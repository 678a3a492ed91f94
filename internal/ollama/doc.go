// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package ollama parses Ollama's model names, and derives from them a model's memory, its purpose and
// its fill-in-the-middle prompt. It is pure.
package ollama
