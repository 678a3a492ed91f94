// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package pack makes OCI images of models in a folder of Ollama, for clusters that cannot pull models.
// It reads the folder through an fs.FS, and depends on nothing else of the machine: neither the clock
// nor the order, the times, the owners or the modes of the files have an influence on the image.
package pack
