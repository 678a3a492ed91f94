// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package render turns a defaulted OllamaDeployment into the apply configurations
// of its children. It is pure: nothing but the object goes in, so that the command
// line prints exactly what the cluster gets.
package render
