// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package manifest reads Kubernetes manifests and finds the file, line and column of each
// field.
package manifest
