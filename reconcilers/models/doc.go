// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package models keeps the models of OllamaDeployments in their running pods: it asks Ollama's API which
// models a pod has, pulls what is missing, and deletes what was removed from the list. It writes nothing
// to the API server; the reconciler reports what it observes.
package models
