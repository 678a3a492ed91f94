// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package ollama has a double of an Ollama server and of the registry behind it, for tests and for
// clusters with simulated nodes. It pulls, lists, shows and deletes as Ollama v0.32.15 does, down to the
// texts of its errors, but it downloads nothing: a download is a number that grows at the registry's
// rate. It can also fail in ways that Ollama does not.
//
// Everything follows the time of package time, so that tests in a bubble of testing/synctest that
// reach servers through a Network are deterministic and do not wait.
package ollama
