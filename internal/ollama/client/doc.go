// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package client calls the API of one Ollama server: it lists, pulls and deletes models. Every call is
// bounded in time and size, and every failure is an *Error with a reason. It does not trust the
// server, which runs an image that users choose.
//
// Ollama's own client, github.com/ollama/ollama/api v0.32.15, is not used: it bounds nothing (it reads
// whole answers, has no timeouts, and takes the end of a stream for success), its settings come from
// the environment, and it adds a module of 30 MB and 22 packages of 6 modules to the manager, among
// them SSH and a YAML parser.
package client
