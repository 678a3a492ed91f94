// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package repository tests what the files of the repository say of each other.
package repository
